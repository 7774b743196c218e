const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'] as const

/** `1,234,567` */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 object`, `2,000 objects` */
export function formatCountOf(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

/** Bytes in decimal units with three significant digits: `1.23 MB`. */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1000
    unit += 1
  }
  if (unit === 0) return `${Math.round(value)} B`
  return `${value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0)} ${byteUnits[unit]}`
}

/** A rate of objects, with a decimal below ten. */
export function formatRate(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : formatCount(perSecond)
}

/** A time span in its two largest units: `340 ms`, `4.2 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h`. */
export function formatDuration(durationMs: number): string {
  if (durationMs < 999.5) return `${Math.round(durationMs)} ms`
  const seconds = durationMs / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  if (seconds < 59.5) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (seconds < 3600 - 0.5) {
    const whole = Math.floor(Math.round(seconds) / 60)
    const rest = Math.round(seconds) % 60
    return rest === 0 ? `${whole} min` : `${whole} min ${rest} s`
  }
  if (minutes < 24 * 60) return twoUnits(minutes, 60, 'h', 'min')
  return twoUnits(Math.round(minutes / 60), 24, 'd', 'h')
}

function twoUnits(total: number, size: number, large: string, small: string): string {
  const rest = total % size
  return rest === 0 ? `${total / size} ${large}` : `${Math.floor(total / size)} ${large} ${rest} ${small}`
}

/** A share in percent, rounded down so that 100 % means all of it. */
export function formatPercent(part: number, whole: number): string {
  return `${whole === 0 ? 100 : Math.floor((100 * part) / whole)} %`
}

/** Date and time of an ISO 8601 time to the second, in UTC: `2026-01-31 12:00:00Z`. */
export function formatMoment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}Z`
}

/** A time of this machine's clock: `14:32`, with the date where it is not today's: `14:32 on 31 January`. */
export function formatClock(time: number, now = Date.now()): string {
  const date = new Date(time)
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  if (date.toDateString() === new Date(now).toDateString()) return clock
  return `${clock} on ${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long' })}`
}
