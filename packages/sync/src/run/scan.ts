import { copyStream } from './copy-stream.js'
import { describeError } from '../ports/errors.js'
import type { EventSink } from '../ports/events.js'
import { findManifests } from './find-manifests.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import { keyStream } from '../rows/key-stream.js'
import { ManifestPrefetch } from '../manifests/prefetch.js'
import { planKeys } from '../copy/plan-keys.js'
import type { ManifestRef } from '../ports/manifests.js'
import { retryRecordedFailures } from './retry-failures.js'
import type { RunContext } from './context.js'
import type { SampleWindow } from '../copy/sample-window.js'

interface ScanOptions {
  /** Number of the scan, from 1. */
  readonly round: number
  readonly window: SampleWindow
  /** Rows of all manifests, as far as known. */
  readonly onRows: (rows: number | null) => void
}

/** Finds the manifests and gives each of their rows an outcome, until the run is stopped. */
export async function scan(run: RunContext, { round, window, onRows }: ScanOptions): Promise<void> {
  const { options, tally, stop } = run
  const { manifests, mode, onEvent, report, retry, work } = options
  if (work !== undefined && mode.kind === 'copy') {
    return copyStream(run, work.stream(stop), { state: mode.state, window, onEnd() {} })
  }
  if (retry !== undefined && mode.kind === 'copy') {
    return retryRecordedFailures(run, { state: mode.state, failures: retry, window, onRows })
  }
  const found = manifests.follow === undefined ? await findManifests(run, round) : []
  if (found === null) return
  tally.beginScan(found)
  const background = new AbortController()
  const prefetch = new ManifestPrefetch(manifests)
  const totals = reportTotals(run, { prefetch, found, onRows, signal: background.signal })
  try {
    const stream = readAhead(
      keyStream(manifests.follow?.(stop) ?? found, {
        state: mode.state,
        open: (ref) => prefetch.take(ref, stop),
        onOpened: (ref, rows) => {
          if (tally.of(ref).status !== null) return
          onEvent({ type: 'manifest', status: 'opened', key: ref.key, rows })
        },
        signal: stop,
      }),
    )
    const onEnd = (item: ManifestEnd): void => reportEnd(run, item)
    if (mode.kind === 'copy') await copyStream(run, stream, { state: mode.state, window, onEnd })
    else await planKeys(stream, { state: mode.state, planned: mode.planned, tally, report, stop, onEnd })
  } finally {
    background.abort()
    await totals
  }
}

interface Totals {
  readonly prefetch: ManifestPrefetch
  readonly found: readonly ManifestRef[]
  readonly onRows: (rows: number | null) => void
  readonly signal: AbortSignal
}

/** Never rejects: what is wrong with manifests, or with where they come from, the pipeline tells. */
async function reportTotals(
  { options, tally, stop }: RunContext,
  { prefetch, found, onRows, signal }: Totals,
): Promise<void> {
  const { manifests, mode, onEvent } = options
  const { removed } = tally
  let finishedRows = removed.rows
  const unfinished: ManifestRef[] = []
  for (const ref of found) {
    const finished = mode.state.manifest(ref).finished
    if (finished === null) unfinished.push(ref)
    else finishedRows += finished.rows
  }
  const known = {
    manifests: found.length + removed.manifests,
    finishedRows,
    unfinished,
    coming: manifests.follow?.(AbortSignal.any([stop, signal])),
    isFinished: (ref: ManifestRef) => mode.state.manifest(ref).finished !== null,
  }
  const emit: EventSink = (event) => {
    if (event.type === 'totals') onRows(event.rows)
    onEvent(event)
  }
  await prefetch.reportTotals(known, emit, signal).catch(() => undefined)
}

type ManifestEnd = KeyStreamItem & { kind: 'end' | 'broken' }

/** Reports the new status of a manifest. A copied one is reported when its last row has its outcome. */
function reportEnd({ options, tally }: RunContext, item: ManifestEnd): void {
  const { onEvent, mode } = options
  const { key } = item.ref
  const manifest = tally.of(item.ref)
  if (item.kind === 'broken') {
    const problem = describeError(item.error)
    if (!manifest.becomes('failed', problem.message)) return
    onEvent({ type: 'manifest', status: 'failed', key, rows: null, ...problem })
  } else if (item.read === null) {
    if (!manifest.becomes('skipped')) return
    onEvent({ type: 'manifest', status: 'skipped', key, rows: item.settledRows })
  } else if (mode.kind === 'plan') {
    manifest.becomes('completed')
    onEvent({ type: 'manifest', status: 'completed', key, rows: item.read.rows })
  }
}

/**
 * Requests the next item from `source` while the consumer is still busy with the last one. At most one item is held, so backpressure
 * reaches the source. Leaving the loop early closes the source.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const result = await next
      if (result.done) return
      next = iterator.next()
      // If the consumer stops early, the requested item must not become an unhandled rejection.
      next.catch(() => {})
      yield result.value
    }
  } finally {
    await next.catch(() => {})
    await iterator.return?.()
  }
}
