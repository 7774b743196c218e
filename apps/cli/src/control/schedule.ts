import { bytesOf } from '../text/byte-size.js'

/** The limits between two times of day. Omitted ones are unlimited. */
export interface Caps {
  readonly paused?: true
  /** Most in flight. */
  readonly concurrency?: number
  readonly bytesPerSecond?: number
  readonly requestsPerSecond?: number
}

/** One entry of a schedule. */
interface ScheduleSlot {
  /** As given: `06:00-22:00 100MB/s, 64`. */
  readonly text: string
  readonly caps: Caps
}

/** Limits by time of day. */
export interface Schedule {
  readonly text: string
  readonly timeZone: string
  /** The limits at a time, milliseconds since the epoch; null if no entry covers it. */
  at(time: number): ScheduleSlot | null
}

/** How a schedule is written, for messages. */
export const scheduleAllowed =
  'entries like 06:00-22:00 100MB/s, 64, separated by semicolons; each has unlimited, pause, or limits: bytes per second (100MB/s), requests per second (500 requests/s), most in flight (64)'

const minutesOfDay = 24 * 60

/**
 * Parses `22:00-06:00 unlimited; 06:00-22:00 100MB/s, 64`. Times are local times in the time zone, including daylight saving.
 * @throws Error with a message that says which entry is wrong, and what is wrong with it; RangeError for an unknown time zone
 */
export function parseSchedule(text: string, timeZone = localTimeZone()): Schedule {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  const day = Array.from<unknown, ScheduleSlot | null>({ length: minutesOfDay }, () => null)
  for (const entry of text.split(';').map((part) => part.trim())) {
    if (entry === '') continue
    const [, from, to, caps] = /^(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s+(.+)$/.exec(entry) ?? []
    if (from === undefined) throw new Error(`${JSON.stringify(entry)} is not an entry`)
    const slot = { text: entry, caps: parseCaps(caps!, entry) }
    const begin = minuteOf(from, entry) % minutesOfDay
    const length = (minuteOf(to!, entry) - begin + minutesOfDay - 1) % minutesOfDay
    for (let step = 0; step <= length; step += 1) {
      const minute = (begin + step) % minutesOfDay
      const other = day[minute]!
      if (other !== null)
        throw new Error(`${JSON.stringify(other.text)} and ${JSON.stringify(entry)} overlap`)
      day[minute] = slot
    }
  }
  if (day.every((slot) => slot === null)) throw new Error('it has no entries')
  return { text, timeZone, at: (time) => day[minuteOf(clock.format(time), text)]! }
}

/** The time zone of this machine. */
function localTimeZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** 0 to 1,440: `24:00` is the end of a day. */
function minuteOf(time: string, entry: string): number {
  const [hours, minutes] = time.split(':').map(Number) as [number, number]
  const minute = hours * 60 + minutes
  if (minutes > 59 || minute > minutesOfDay)
    throw new Error(`${time} in ${JSON.stringify(entry)} is not a time of day`)
  return minute
}

function parseCaps(text: string, entry: string): Caps {
  const words = text.split(',').map((word) => word.trim().toLowerCase())
  if (words.length === 1 && words[0] === 'unlimited') return {}
  if (words.length === 1 && words[0] === 'pause') return { paused: true }
  const caps: { -readonly [N in keyof Caps]: Caps[N] } = {}
  for (const word of words) {
    const cap = parseCap(word)
    if (cap === undefined)
      throw new Error(`${JSON.stringify(word)} in ${JSON.stringify(entry)} is not a limit`)
    if (cap[0] in caps) throw new Error(`${JSON.stringify(entry)} sets the same limit twice`)
    caps[cap[0]] = cap[1]
  }
  return caps
}

function parseCap(
  word: string,
): ['concurrency' | 'bytesPerSecond' | 'requestsPerSecond', number] | undefined {
  const requests = /^(\d+) ?(?:requests|req)\/s$/.exec(word)
  if (requests !== null) return atLeastOne('requestsPerSecond', Number(requests[1]))
  if (/^\d+$/.test(word)) return atLeastOne('concurrency', Number(word))
  const bytes = word.endsWith('/s') ? bytesOf(word.slice(0, -2)) : undefined
  return bytes === undefined ? undefined : atLeastOne('bytesPerSecond', bytes)
}

function atLeastOne<N>(name: N, value: number): [N, number] | undefined {
  return value >= 1 && Number.isSafeInteger(value) ? [name, value] : undefined
}
