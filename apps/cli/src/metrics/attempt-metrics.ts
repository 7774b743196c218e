import type { RunObserver } from '@lagoon/sync'
import { Counter, Histogram, type Registry } from 'prom-client'

/** From a millisecond, which a store in the same room takes, to what is a timeout nearly everywhere. */
const firstByteBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
/** Objects may be large, and wait between attempts. */
const objectBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]

const classes = ['missing', 'permanent', 'transient', 'throttle'] as const
const sides = ['source', 'destination'] as const

/** Metrics of attempts and objects, counted where they end. */
export function createAttemptMetrics(registry: Registry): RunObserver {
  const registers = [registry]
  const attempts = new Counter({
    name: 'lagoon_attempts_total',
    help: 'Attempts by result: a success counts on both sides, a failure on the side that failed',
    labelNames: ['side', 'class'],
    registers,
  })
  const firstByte = new Histogram({
    name: 'lagoon_time_to_first_byte_seconds',
    help: 'Time to the first byte from the source, of successful attempts',
    buckets: firstByteBuckets,
    registers,
  })
  const duration = new Histogram({
    name: 'lagoon_object_duration_seconds',
    help: 'Time from the first attempt at an object to its outcome, waits between attempts included',
    labelNames: ['outcome'],
    buckets: objectBuckets,
    registers,
  })
  for (const side of sides) for (const kind of ['success', ...classes]) attempts.inc({ side, class: kind }, 0)
  for (const outcome of ['copied', 'skipped', 'failed']) duration.zero({ outcome })

  const succeeded = sides.map((side) => ({ side, class: 'success' }))
  return {
    attemptSucceeded(ttfbMs) {
      for (const labels of succeeded) attempts.inc(labels)
      firstByte.observe(ttfbMs / 1000)
    },
    attemptFailed(side, kind) {
      // What was aborted on purpose says nothing of a store.
      if (kind !== 'aborted') attempts.inc({ side, class: kind })
    },
    objectEnded(durationMs, outcome) {
      duration.observe({ outcome }, durationMs / 1000)
    },
  }
}
