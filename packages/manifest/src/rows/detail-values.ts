/** A time without a zone, as databases write it. */
const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?$/

/** Powers of ten that tell the units of numbers since 1970 apart, from 1973 to 5138: seconds, milliseconds, microseconds, nanoseconds. */
const UNITS = [
  { below: 1e11, inMs: 1e3 },
  { below: 1e14, inMs: 1 },
  { below: 1e17, inMs: 1e-3 },
  { below: Infinity, inMs: 1e-6 },
]

/** Milliseconds since 1970 of a time written as text: UTC if it names no zone. `null` for anything else. */
export function timeOfText(text: string): number | null {
  const plain = text.trim()
  if (/^\d{9,19}$/.test(plain)) return timeOfNumber(Number(plain))
  const time = Date.parse(WITHOUT_ZONE.test(plain) ? `${plain}Z` : plain)
  return Number.isNaN(time) ? null : time
}

/** Milliseconds since 1970 of a number whose unit is unknown. */
export function timeOfNumber(value: number): number {
  return Math.floor(value * UNITS.find(({ below }) => Math.abs(value) < below)!.inMs)
}

/** A size in bytes written as text, as a whole number or with zeros behind the point; `null` for anything else. */
export function sizeOfText(text: string): number | null {
  return /^\d{1,15}(?:\.0+)?$/.test(text) ? Number(text) : null
}
