import type { ProgressEvent, SyncEvent } from '@lagoon/sync'

/** What the live page shows. */
export interface LiveSeries {
  readonly source: string
  readonly destination: string
  /** A second apart, ten while a watch waits, oldest first; `time` in milliseconds since the epoch. */
  readonly samples: readonly (ProgressEvent & { readonly time: number })[]
  /** Manifests found. */
  readonly manifests: number
  /** Newest first. */
  readonly failures: readonly { readonly key: string; readonly code: string; readonly message: string }[]
}

/** Ten minutes at a second each. */
const samplesKept = 600
const failuresKept = 20

/** Keeps the last figures of a run out of its events, as many as the page shows and no more. */
export function createLiveSeries(now: () => number = Date.now): {
  note(event: SyncEvent): void
  read(): LiveSeries
} {
  const series = {
    source: '',
    destination: '',
    samples: [] as (ProgressEvent & { time: number })[],
    manifests: 0,
    failures: [] as { key: string; code: string; message: string }[],
  }
  return {
    read: () => series,
    note(event) {
      if (event.type === 'start') {
        series.source = event.source
        series.destination = event.destination
      } else if (event.type === 'totals') series.manifests = event.manifests
      else if (event.type === 'progress') {
        series.samples.push({ ...event, time: now() })
        if (series.samples.length > samplesKept) series.samples.shift()
      } else if (event.type === 'failure') {
        const { key, code, message } = event
        series.failures.unshift({ key, code, message })
        if (series.failures.length > failuresKept) series.failures.pop()
      }
    },
  }
}
