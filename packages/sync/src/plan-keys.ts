import { BLANK_ROW } from './blank-row.js'
import type { KeyStreamItem } from './key-stream.js'
import { identityOf, versionOf } from './named-objects.js'
import { LOOKUP, type KnownState, type ReportPort, type StatePort } from './ports.js'
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
    if (item.kind === 'batch') {
      const { batch } = item
      const identities = batch.keys.map((key, i) =>
        key === null ? null : identityOf(key, batch.destinationKeys?.[i]),
      )
      const versions = batch.keys.map((_, i) =>
        versionOf(batch.etags?.[i], batch.sizes?.[i], batch.versionIds?.[i]),
      )
      await planBatch(batch.keys, identities, versions, options)
      for (const { key, code, message } of batch.problems) failRow(tally, report, key, code, message)
    } else if (item.kind === 'failures') {
      const rows = item.failures.filter((failure) => failure.class !== 'row')
      const keys = rows.map((failure) => (failure.job as { key?: string } | undefined)?.key ?? failure.key)
      await planBatch(
        keys,
        rows.map((failure) => failure.key),
        rows.map((failure) => failure.version ?? null),
        options,
      )
      for (const { class: kind, key, code, message } of item.failures) {
        if (kind === 'row') failRow(tally, report, key, code, message)
      }
    } else {
      tally.skipped += item.settledRows
      onEnd(item)
    }
    if (stop.aborted) return
  }
}

async function planBatch(
  keys: readonly (string | null)[],
  identities: readonly (string | null)[],
  versions: readonly (string | null)[],
  { state, scratch, tally, report }: PlanKeysOptions,
): Promise<void> {
  await scratch.idle()
  await report?.idle()
  const known = state.lookup(identities, versions)
  const planned = scratch.lookup(identities)
  const plannedHere = new Set<string>()
  identities.forEach((identity, i) => {
    if (identity === null) return
    if (known[i] === LOOKUP.complete || planned[i] === LOOKUP.complete || plannedHere.has(identity)) {
      tally.skipped += 1
      report?.write({ ...BLANK_ROW, key: keys[i]!, outcome: 'skipped' })
      return
    }
    plannedHere.add(identity)
    scratch.complete(identity)
    tally.planned += 1
  })
}

function failRow(tally: Tally, report: ReportPort | null, key: string, code: string, message: string): void {
  tally.failed += 1
  report?.write({ ...BLANK_ROW, key, outcome: 'failed', code, message })
}
