/** Numbers for people. Each function has the unit in its name; `null` and NaN become an en dash. */
const absent = '–'

const present = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value)

/** Three significant digits if there are decimals, thousands grouped: 0.65, 12.3, 4,870, 6. */
export function number(value: number | null | undefined): string {
  if (!present(value)) return absent
  const magnitude = Math.abs(value)
  const digits = magnitude >= 100 || Number.isInteger(value) ? 0 : magnitude >= 10 ? 1 : 2
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

/** Milliseconds as ms under a second, else seconds. */
export function milliseconds(value: number | null | undefined): string {
  if (!present(value)) return absent
  return value < 1_000 ? `${number(value)} ms` : `${number(value / 1_000)} s`
}

/** Nanoseconds as ns under a microsecond, else µs. */
export function nanoseconds(value: number | null | undefined): string {
  if (!present(value)) return absent
  return value < 1_000 ? `${number(value)} ns` : `${number(value / 1_000)} µs`
}

/** Bytes in binary units: 32 KiB, 1.50 GiB. */
export function bytes(value: number | null | undefined): string {
  if (!present(value)) return absent
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let scaled = value
  let unit = 0
  while (scaled >= 1024 && unit < units.length - 1) {
    scaled /= 1024
    unit += 1
  }
  return `${Number.isInteger(scaled) ? scaled.toLocaleString('en-US') : number(scaled)} ${units[unit]}`
}

/** A share of one as a percentage: 0.031 → 3.1 %. */
export function percent(value: number | null | undefined): string {
  if (!present(value)) return absent
  return `${(value * 100).toLocaleString('en-US', { maximumFractionDigits: 1 })} %`
}

/** A ratio: 0.65×. */
export function times(value: number | null | undefined): string {
  return present(value) ? `${value.toFixed(2)}×` : absent
}
