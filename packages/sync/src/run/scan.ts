import { copyStream } from './copy-stream.js'
import { describeError } from '../errors.js'
import { findManifests } from '../manifests/find.js'
import { keyStream, type KeyStreamItem } from '../rows/key-stream.js'
import { ManifestPrefetch } from '../manifests/prefetch.js'
import { planKeys } from '../rows/plan-keys.js'
import type { ManifestRef } from '../ports/manifests.js'
import { retryFailures } from '../copy/retry-failures.js'
import type { RunContext } from './context.js'
import type { SampleWindow } from '../copy/sample-window.js'

export interface ScanOptions {
  /** Number of the scan, from 1. */
  readonly round: number
  readonly window: SampleWindow
  /** Rows of all manifests, as far as known. */
  readonly onRows: (rows: number | null) => void
}

/** Finds the manifests there are and moves each of their rows to an outcome, or until the run is stopped. */
export async function scan(run: RunContext, { round, window, onRows }: ScanOptions): Promise<void> {
  const { options, tally, stop } = run
  const { manifests, mode, onEvent, report, retry } = options
  if (retry !== undefined && mode.kind === 'copy') {
    return retryFailures(run, { state: mode.state, failures: retry, window, onRows })
  }
  const refs = await findManifests(run, round)
  if (refs === null) return
  tally.beginScan(refs)
  const background = new AbortController()
  const prefetch = new ManifestPrefetch(manifests)
  const totals = reportTotals(run, { prefetch, refs, onRows, signal: background.signal })
  try {
    const stream = readAhead(
      keyStream(refs, {
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
    else await planKeys(stream, { state: mode.state, scratch: mode.scratch, tally, report, stop, onEnd })
  } finally {
    background.abort()
    await totals
  }
}

interface Totals {
  readonly prefetch: ManifestPrefetch
  readonly refs: readonly ManifestRef[]
  readonly onRows: (rows: number | null) => void
  readonly signal: AbortSignal
}

function reportTotals(
  { options, tally }: RunContext,
  { prefetch, refs, onRows, signal }: Totals,
): Promise<void> {
  const { mode, onEvent } = options
  const { removed } = tally
  let rowsKnown = removed.rows
  const unfinished: ManifestRef[] = []
  for (const ref of refs) {
    const finished = mode.state.manifest(ref).finished
    if (finished === null) unfinished.push(ref)
    else rowsKnown += finished.rows
  }
  return prefetch.reportTotals(
    refs.length + removed.manifests,
    unfinished,
    rowsKnown,
    (event) => {
      if (event.type === 'totals') onRows(event.rows)
      onEvent(event)
    },
    signal,
  )
}

type ManifestEnd = KeyStreamItem & { kind: 'end' | 'broken' }

/** What became of a manifest, where that is news. One that is copied is told of when its last row has its outcome. */
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
 * Asks `source` for its next item while the consumer is still busy with the last one. At most one item is held,
 * so backpressure reaches the source. Leaving the loop early closes the source.
 */
export async function* readAhead<T>(source: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const result = await next
      if (result.done) return
      next = iterator.next()
      // Whoever stops listening must not turn the item asked for into an unhandled rejection.
      next.catch(() => {})
      yield result.value
    }
  } finally {
    await next.catch(() => {})
    await iterator.return?.()
  }
}
