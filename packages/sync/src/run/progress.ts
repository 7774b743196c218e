import type { EventSink, ProgressEvent } from '../ports/events.js'
import type { Tally } from '../outcomes/tally.js'

const INTERVAL_MS = 1000
/** Of this many intervals, one is reported while nothing happens. */
const WAITING_INTERVALS = 10

interface ProgressReading {
  readonly tally: Tally
  readonly rows: number | null
  readonly inFlight: number
  readonly limit: number
  readonly paused: boolean
  readonly latencyMs: ProgressEvent['latencyMs']
  readonly waitingUntil: string | null
  readonly durationMs: number
}

/** Reports the progress once a second, less often while the run waits, and once more when the returned function ends it. */
export function reportProgress(read: () => ProgressReading, emit: EventSink): () => void {
  const meter = new RateMeter()
  let waitingUntil: string | null = null
  let unreported = 0
  const tick = (): void => {
    const reading = read()
    const goesOn = reading.waitingUntil === null || reading.waitingUntil !== waitingUntil
    unreported += 1
    if (goesOn || unreported >= WAITING_INTERVALS) report(reading)
  }
  const report = ({ tally, ...rest }: ProgressReading): void => {
    waitingUntil = rest.waitingUntil
    unreported = 0
    const { planned, bytes, throttled, failedAttempts, manifests } = tally
    const { completed, skipped, failed, missing } = tally.rows
    emit({
      type: 'progress',
      completed,
      skipped,
      failed,
      missing,
      planned,
      bytes,
      throttled,
      failedAttempts,
      manifests,
      ...meter.note(rest.durationMs, completed, bytes),
      ...rest,
    })
  }
  meter.note(0, 0, 0)
  const timer = setInterval(tick, INTERVAL_MS)
  timer.unref()
  return () => {
    clearInterval(timer)
    report(read())
  }
}

const SPAN_MS = 10_000

/** Means over the last ten seconds, from totals noted about once a second. */
class RateMeter {
  readonly #notes: { at: number; objects: number; bytes: number }[] = []

  /** Notes the totals at `now` (ms) and returns the rates since the oldest note within ten seconds. */
  note(now: number, objects: number, bytes: number): { objectsPerSecond: number; bytesPerSecond: number } {
    this.#notes.push({ at: now, objects, bytes })
    while (this.#notes.length > 2 && now - this.#notes[1]!.at >= SPAN_MS) this.#notes.shift()
    const first = this.#notes[0]!
    const seconds = (now - first.at) / 1000
    if (seconds <= 0) return { objectsPerSecond: 0, bytesPerSecond: 0 }
    return {
      objectsPerSecond: (objects - first.objects) / seconds,
      bytesPerSecond: (bytes - first.bytes) / seconds,
    }
  }
}
