import { invalidOption } from '../errors.js'

export interface WorkerOptions {
  /** Name of this worker in records, `[A-Za-z0-9_-]{1,64}`; default a random one. Two workers must not share a name at the same time. */
  readonly id?: string
  /** How often outcomes are written, in ms, 100 to 60,000; default 1,000. */
  readonly checkpointIntervalMs?: number
  /** How long to wait for an engine that does not respond, in ms; default 600,000. */
  readonly patienceMs?: number
  /** An item that will take longer than this is split if other workers are idle, in ms; default 30,000. */
  readonly splitAfterMs?: number
  /** How often the worker writes its own record, in ms; default 5,000. The record expires after six times as long. */
  readonly presenceIntervalMs?: number
  /** Plain data for the worker's record: host, version, rates, last error. Called each time the record is written. */
  readonly presence?: () => object
  /** Receives events of the worker. */
  readonly onEvent?: (event: WorkerEvent) => void
  /** True to stay when the job is over, for work that is put back later; default false. */
  readonly linger?: boolean
}

export type WorkerEvent =
  | { readonly type: 'claimed'; readonly item: string; readonly epoch: number; readonly fruitless: number }
  | { readonly type: 'done'; readonly item: string }
  | { readonly type: 'released'; readonly item: string }
  | { readonly type: 'lost'; readonly item: string; readonly reason: string }
  | { readonly type: 'split'; readonly item: string; readonly at: number; readonly to: number }
  | { readonly type: 'swept'; readonly published: number }
  | { readonly type: 'stalled'; readonly error: Error }
  | { readonly type: 'resumed'; readonly afterMs: number }

export type ResolvedWorkerOptions = Required<Omit<WorkerOptions, 'id'>> & { readonly id: string }

/** @throws {JobsError} `LAGOON_JOBS_INVALID_OPTION` */
export function resolveWorkerOptions(options: WorkerOptions): ResolvedWorkerOptions {
  const within = (name: keyof WorkerOptions, value: number, least: number, most: number): number => {
    if (!(value >= least && value <= most)) throw invalidOption(name, `between ${least} and ${most}`)
    return value
  }
  const id = options.id ?? `w-${crypto.randomUUID().slice(0, 12)}`
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(id))
    throw invalidOption('id', '1 to 64 letters, digits, underscores and hyphens')
  return {
    id,
    checkpointIntervalMs: within('checkpointIntervalMs', options.checkpointIntervalMs ?? 1000, 100, 60_000),
    patienceMs: within('patienceMs', options.patienceMs ?? 600_000, 0, 86_400_000),
    splitAfterMs: within('splitAfterMs', options.splitAfterMs ?? 30_000, 0, 86_400_000),
    presenceIntervalMs: within('presenceIntervalMs', options.presenceIntervalMs ?? 5000, 200, 600_000),
    presence: options.presence ?? (() => ({})),
    onEvent: options.onEvent ?? (() => {}),
    linger: options.linger ?? false,
  }
}
