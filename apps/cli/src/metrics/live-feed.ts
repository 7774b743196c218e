import type { EndReason, ProgressEvent, SyncEvent } from '@lagoon/sync'
import type { JobResult } from '../queue/job-status.js'
import type { ControlState } from '../output/live-file.js'
import {
  createProgressModel,
  estimateRemaining,
  rowsDone,
  updateProgressModel,
} from '../output/progress-model.js'

/** What a page shows of a job: some of its workers and manifests, of which there may be many, those in progress first. */
interface LiveJob extends Omit<JobResult, 'type' | 'createdAt' | 'counts' | 'settings'> {
  readonly manifestsKnown: number
  readonly manifestsFinished: number
}

/** One second of a run; `time` in milliseconds since the epoch. */
type LiveSample = ProgressEvent & { readonly time: number }

/** What the live page shows beside its curves at present. */
interface LiveState {
  readonly source: string
  readonly destination: string
  /** The run's number in its data directory; null for a dry run. */
  readonly run: number | null
  /** Milliseconds since the epoch; null before the run has begun. */
  readonly startedAt: number | null
  readonly now: number
  /** Rows that have an outcome, failed and missing ones included. */
  readonly done: number
  /** The totals of the manifests, as far as they have been read. */
  readonly totals: {
    readonly manifests: number
    readonly rows: number | null
    readonly bytes: number | null
    readonly final: boolean
  } | null
  /** Milliseconds until every known row has an outcome, as a range; null while too little is known. */
  readonly remaining: { readonly earliestMs: number; readonly latestMs: number } | null
  /** The controller's last change. */
  readonly decision: { readonly reason: string; readonly time: number } | null
  readonly control: ControlState
  /** Failures by code, the most frequent first, each with its newest keys. */
  readonly failures: readonly {
    readonly code: string
    readonly count: number
    readonly keys: readonly string[]
  }[]
  /** Failures, the newest first. */
  readonly lastFailures: readonly { readonly key: string; readonly code: string; readonly message: string }[]
  /** Manifests, the newest change first. */
  readonly manifests: readonly {
    readonly key: string
    readonly status: string
    readonly rows: number | null
  }[]
  /** The job on many machines that this process works on, a few seconds old; null for a run on one machine, and before the first read. */
  readonly job: LiveJob | null
  /** The name of this process in that job; null for a run on one machine. */
  readonly worker: string | null
  /** Why the run ended; null while it is active. */
  readonly ended: EndReason | null
}

/** All data that a page needs when it opens. */
interface LiveSnapshot extends LiveState {
  /** Oldest first. */
  readonly samples: readonly LiveSample[]
}

/** What a page receives once a second after that. */
export interface LiveUpdate extends LiveState {
  /** Null where nothing was measured since the last update. */
  readonly sample: LiveSample | null
}

export interface LiveFeed {
  note(event: SyncEvent): void
  noteJob(status: JobResult): void
  snapshot(): LiveSnapshot
  /** Calls the listener once a second and at the end of the run. Returns a way to stop it. */
  subscribe(listener: (update: LiveUpdate) => void): () => void
}

/** Ten minutes at a second each. */
const MAX_SAMPLES = 600
const MAX_FAILURES = 20
const MAX_KEYS_PER_CODE = 3
const MAX_CODES = 20
const MAX_MANIFESTS = 20
const MAX_WORKERS = 200

/** Collects the last figures of a run from its events, as many as the page shows. */
export function createLiveFeed(control: () => ControlState, now: () => number = Date.now): LiveFeed {
  const model = createProgressModel()
  const samples: LiveSample[] = []
  const failures = new Map<string, { code: string; count: number; keys: string[] }>()
  const lastFailures: { key: string; code: string; message: string }[] = []
  const manifests = new Map<string, { key: string; status: string; rows: number | null }>()
  const listeners = new Set<(update: LiveUpdate) => void>()
  let stores = { source: '', destination: '' }
  let run: number | null = null
  let startedAt: number | null = null
  let decision: LiveState['decision'] = null
  let job: LiveJob | null = null
  let worker: string | null = null
  let ended: EndReason | null = null

  const state = (): LiveState => ({
    ...stores,
    run,
    startedAt,
    now: now(),
    done: model.progress === undefined ? 0 : rowsDone(model.progress),
    totals: model.totals ?? null,
    remaining: estimateRemaining(model) ?? null,
    decision,
    control: control(),
    failures: [...failures.values()].sort((a, b) => b.count - a.count).slice(0, MAX_CODES),
    lastFailures,
    manifests: [...manifests.values()].reverse(),
    job,
    worker,
    ended,
  })
  const publish = (sample: LiveSample | null): void => {
    if (listeners.size === 0) return
    const update = { ...state(), sample }
    for (const listener of listeners) listener(update)
  }
  return {
    snapshot: () => ({ ...state(), samples }),
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    noteJob({ type: _type, createdAt: _createdAt, counts, settings: _settings, ...answer }) {
      const inProgress = answer.manifests.filter(({ stage }) => stage === 'open')
      const others = answer.manifests.filter(({ stage }) => stage !== 'open')
      job = {
        ...answer,
        workers: answer.workers.slice(0, MAX_WORKERS),
        manifests: [...inProgress, ...others].slice(0, MAX_MANIFESTS),
        manifestsKnown: answer.manifests.length,
        manifestsFinished: counts.manifestsFinished,
      }
    },
    note(event) {
      updateProgressModel(model, event)
      switch (event.type) {
        case 'start':
        case 'joined':
          stores = { source: event.source, destination: event.destination }
          run = event.type === 'start' ? event.run : null
          worker = event.type === 'joined' ? event.worker : null
          startedAt = now()
          return
        case 'progress': {
          const sample = { ...event, time: now() }
          samples.push(sample)
          if (samples.length > MAX_SAMPLES) samples.shift()
          return publish(sample)
        }
        case 'decision':
          if (event.action !== 'hold') decision = { reason: event.reason, time: now() }
          return
        case 'manifest': {
          const { key, status, rows } = event
          manifests.delete(key)
          manifests.set(key, { key, status, rows })
          if (manifests.size > MAX_MANIFESTS) manifests.delete(manifests.keys().next().value!)
          return
        }
        case 'scanning':
          failures.clear()
          return
        case 'failure':
          return noteFailure(event)
        case 'summary':
          ended = event.reason
          return publish(null)
        default:
      }
    },
  }

  function noteFailure({ key, code, message }: { key: string; code: string; message: string }): void {
    lastFailures.unshift({ key, code, message })
    if (lastFailures.length > MAX_FAILURES) lastFailures.pop()
    const known = failures.get(code) ?? { code, count: 0, keys: [] }
    known.count += 1
    known.keys.unshift(key)
    known.keys.length = Math.min(known.keys.length, MAX_KEYS_PER_CODE)
    failures.set(code, known)
  }
}
