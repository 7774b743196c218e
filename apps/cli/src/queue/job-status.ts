import type { Counts, JobState, ManifestStatus } from '@lagoon/jobs'

/** Progress of a job on many machines: the last line of `lagoon status --queue --json`, and each line of `--follow`. */
export interface JobResult {
  readonly type: 'status'
  readonly job: string
  /** What is done with each row; of a verification, `copied` counts what is identical and `failed` what differs. */
  readonly task: 'copy' | 'verify'
  readonly state: JobState
  /** ISO 8601, by the clock of the machine that created the job. */
  readonly createdAt: string
  /** In the terms of a state directory's status; `complete` counts the objects copied and those that existed before. */
  readonly counts: { readonly complete: number; readonly failed: number; readonly manifestsFinished: number }
  /** Rows of all manifests whose rows are known. */
  readonly rows: number
  readonly outcomes: Counts
  readonly items: { readonly total: number; readonly done: number; readonly held: number }
  readonly paused: boolean
  /** Settings that operators made for all workers, by the names of their flags. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>
  /** Sums over the workers that are not silent, per second. */
  readonly objectsPerSecond: number
  readonly bytesPerSecond: number
  /** When the job should be done at this rate, ISO 8601; null while nothing is copied. */
  readonly eta: string | null
  readonly workers: readonly WorkerResult[]
  /** By their keys. */
  readonly manifests: readonly ManifestStatus[]
}

/** A worker as it last described itself. Unknown values are null. */
export interface WorkerResult {
  readonly id: string
  readonly host: string | null
  readonly pid: number | null
  readonly version: string | null
  /** Items that it holds. */
  readonly items: number
  readonly inFlight: number | null
  readonly limit: number | null
  readonly objectsPerSecond: number | null
  readonly bytesPerSecond: number | null
  readonly lastError: string | null
  readonly paused: boolean
  /** Settings that operators made for this worker. */
  readonly settings: Readonly<Record<string, string | number | boolean | null>>
  /** Since it last wrote, in ms by the queue's clock. */
  readonly ageMs: number
  /** It has missed three of its reports: it died, was suspended, or cannot reach the queue. Its rates are not in the sums. */
  readonly silent: boolean
}
