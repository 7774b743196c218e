import type { ProgressEvent, SyncEvent } from '@lagoon/sync'

/** What a display shows of a run: the last figures, and what led to them. It receives every event, in order. */
export interface ProgressModel {
  /** A run is in progress; between two of them there is nothing to show. */
  running: boolean
  progress: ProgressEvent | undefined
  dryRun: boolean
  /** Manifests with nothing left to do. */
  manifestsEnded: number
  /** Manifests found, rows and bytes in them; growing until `final`. */
  totals: { manifests: number; rows: number | null; bytes: number | null; final: boolean } | undefined
  /** Why the controller last changed its limit. */
  decision: { action: string; reason: string } | undefined
  /** Failures in this run by their code. */
  failureCodes: Map<string, number>
  stopping: string | undefined
  eta: EtaWindow
}

/** Rates of the last progress events, for an estimate that admits its uncertainty. */
interface EtaWindow {
  readonly rates: number[]
  last: { durationMs: number; done: number } | undefined
}

const etaSamples = 60

export function createProgressModel(): ProgressModel {
  return {
    running: false,
    progress: undefined,
    dryRun: false,
    manifestsEnded: 0,
    totals: undefined,
    decision: undefined,
    failureCodes: new Map(),
    stopping: undefined,
    eta: { rates: [], last: undefined },
  }
}

/** Forgets the figures of the previous run. */
export function beginRun(model: ProgressModel): void {
  Object.assign(model, createProgressModel(), { running: true })
}

export function updateProgressModel(model: ProgressModel, event: SyncEvent): void {
  switch (event.type) {
    case 'start':
      beginRun(model)
      model.dryRun = event.dryRun
      return
    case 'joined':
      return beginRun(model)
    case 'manifest':
      if (event.status !== 'opened') model.manifestsEnded += 1
      return
    case 'totals':
      model.totals = event
      return
    case 'scanning':
      // Each round of a watch retries failures.
      model.failureCodes.clear()
      return
    case 'progress':
      model.progress = event
      model.manifestsEnded = sumOf(event.manifests)
      noteRate(model.eta, event)
      return
    case 'failure':
      model.failureCodes.set(event.code, (model.failureCodes.get(event.code) ?? 0) + 1)
      return
    case 'decision':
      if (event.action !== 'hold') model.decision = event
      return
    case 'stopping':
      model.stopping = event.reason
      return
    default:
  }
}

function sumOf({ completed, skipped, failed }: ProgressEvent['manifests']): number {
  return completed + skipped + failed
}

/** Rows that have an outcome. */
export function rowsDone(event: Pick<ProgressEvent, 'completed' | 'skipped' | 'failed' | 'planned'>): number {
  return event.completed + event.skipped + event.failed + event.planned
}

/**
 * Bytes that this run copies in all, to be set against those that it has copied: the share of the rows that were not complete before. Null
 * where sizes are not known.
 */
export function bytesOfRun(bytes: number | null | undefined, progress: ProgressEvent): number | null {
  const { rows, skipped } = progress
  if (bytes == null || rows === null || skipped === 0) return bytes ?? null
  return rows === 0 ? 0 : Math.round((bytes * Math.max(rows - skipped, 0)) / rows)
}

function noteRate(eta: EtaWindow, event: ProgressEvent): void {
  // Skipped rows take almost no time: an estimate that counts them promises what copying cannot keep.
  const done = event.completed + event.failed + event.planned
  const { last } = eta
  eta.last = { durationMs: event.durationMs, done }
  // While it is paused, or waits for new manifests, nothing is learned about its speed.
  if (event.paused || event.waitingUntil !== null) return
  if (last === undefined || event.durationMs <= last.durationMs) return
  eta.rates.push((1000 * (done - last.done)) / (event.durationMs - last.durationMs))
  if (eta.rates.length > etaSamples) eta.rates.shift()
}

/**
 * Milliseconds until every known row has an outcome, as a range: the remaining rows at the window's mean rate, plus or minus two
 * standard errors. Undefined while too little is known.
 */
export function estimateRemaining(
  model: ProgressModel,
): { earliestMs: number; latestMs: number } | undefined {
  const { progress, eta } = model
  if (progress?.rows == null || eta.rates.length < 3) return undefined
  const remaining = progress.rows - rowsDone(progress)
  if (remaining <= 0) return undefined
  const mean = eta.rates.reduce((sum, rate) => sum + rate, 0) / eta.rates.length
  if (mean <= 0) return undefined
  const variance = eta.rates.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / (eta.rates.length - 1)
  const error = 2 * Math.sqrt(variance / eta.rates.length)
  return {
    earliestMs: (1000 * remaining) / (mean + error),
    latestMs: (1000 * remaining) / Math.max(mean - error, mean / 10),
  }
}
