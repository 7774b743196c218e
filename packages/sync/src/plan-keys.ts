import { BLANK_ROW } from './blank-row.js'
import type { KeyStreamItem } from './key-stream.js'
import type { RowFigures } from './manifest-tally.js'
import { identityOf, versionOf } from './named-objects.js'
import { LOOKUP, type KnownState, type ReportPort, type RowProblem, type StatePort } from './ports.js'
import type { Tally } from './tally.js'

export interface PlanKeysOptions {
  /** What earlier runs completed; only read. */
  readonly state: Pick<KnownState, 'lookup'>
  /** Remembers what is planned, so that a key named twice is planned once. Thrown away afterwards. */
  readonly scratch: Pick<StatePort, 'lookup' | 'complete' | 'idle'>
  readonly tally: Tally
  readonly report: ReportPort | null
  readonly stop: AbortSignal
  readonly onEnd: (item: KeyStreamItem & { kind: 'end' | 'broken' }) => void
}

/** Counts what a run would copy and touches nothing. planned + skipped + failed is the number of rows. */
export async function planKeys(
  stream: AsyncIterable<KeyStreamItem>,
  options: PlanKeysOptions,
): Promise<void> {
  const { tally, report, stop, onEnd } = options
  for await (const item of stream) {
    const { look } = tally.of(item.ref)
    if (item.kind === 'batch') {
      const { batch } = item
      const identities = batch.keys.map((key, i) =>
        key === null ? null : identityOf(key, batch.destinationKeys?.[i]),
      )
      const versions = batch.keys.map((_, i) =>
        versionOf(batch.etags?.[i], batch.sizes?.[i], batch.versionIds?.[i]),
      )
      await planBatch(batch.keys, identities, versions, { ...options, look })
      for (const problem of batch.problems) failRow(look, report, problem)
    } else if (item.kind === 'failures') {
      const rows = item.failures.filter((failure) => failure.class !== 'row')
      const keys = rows.map((failure) => (failure.job as { key?: string } | undefined)?.key ?? failure.key)
      await planBatch(
        keys,
        rows.map((failure) => failure.key),
        rows.map((failure) => failure.version ?? null),
        { ...options, look },
      )
      for (const failure of item.failures) if (failure.class === 'row') failRow(look, report, failure)
    } else {
      look.skipped += item.settledRows
      onEnd(item)
    }
    if (stop.aborted) return
  }
}

async function planBatch(
  keys: readonly (string | null)[],
  identities: readonly (string | null)[],
  versions: readonly (string | null)[],
  { state, scratch, tally, look, report }: PlanKeysOptions & { readonly look: RowFigures },
): Promise<void> {
  await scratch.idle()
  await report?.idle()
  const known = state.lookup(identities, versions)
  const planned = scratch.lookup(identities)
  const plannedHere = new Set<string>()
  identities.forEach((identity, i) => {
    if (identity === null) return
    if (known[i] === LOOKUP.complete || planned[i] === LOOKUP.complete || plannedHere.has(identity)) {
      look.skipped += 1
      report?.write({ ...BLANK_ROW, key: keys[i]!, outcome: 'skipped' })
      return
    }
    plannedHere.add(identity)
    scratch.complete(identity)
    tally.planned += 1
  })
}

function failRow(
  look: RowFigures,
  report: ReportPort | null,
  { key, code, message }: Pick<RowProblem, 'key' | 'code' | 'message'>,
): void {
  look.failed += 1
  report?.write({ ...BLANK_ROW, key, outcome: 'failed', code, message })
}
