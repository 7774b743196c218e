import { BLANK_ROW } from '../outcomes/blank-row.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import type { RowFigures } from '../manifests/tally.js'
import { identityOf, versionOf } from '../outcomes/in-flight-keys.js'
import type { RowProblem } from '../ports/manifests.js'
import type { ReportPort } from '../ports/report.js'
import { LOOKUP, type KnownState, type PlanPort } from '../ports/state.js'
import type { Tally } from '../outcomes/tally.js'

interface PlanKeysOptions {
  /** What earlier runs completed; only read. */
  readonly state: Pick<KnownState, 'lookup'>
  readonly planned: PlanPort
  readonly tally: Tally
  readonly report: ReportPort | null
  readonly stop: AbortSignal
  readonly onEnd: (item: KeyStreamItem & { kind: 'end' | 'broken' }) => void
}

/**
 * Rows that are looked up together: far more than a batch, because a page of the state that contains several of them is read once, and
 * nothing else waits for this thread.
 */
const ROWS_AT_ONCE = 65_536

/** Rows that are not looked up yet. */
interface WaitingRows {
  keys: string[]
  identities: string[]
  versions: (string | null)[]
  sizes: (number | null)[]
  scans: RowFigures[]
}

/** Counts what a run would copy and changes nothing. planned + skipped + failed is the number of rows. */
export async function planKeys(
  stream: AsyncIterable<KeyStreamItem>,
  options: PlanKeysOptions,
): Promise<void> {
  const { tally, report, stop, onEnd } = options
  let waiting = noRows()
  const planWaiting = async (): Promise<void> => {
    await planRows(waiting, options)
    waiting = noRows()
  }
  const wait = (
    scan: RowFigures,
    key: string,
    identity: string,
    version: string | null,
    size: number | null,
  ): void => {
    waiting.keys.push(key)
    waiting.sizes.push(size)
    waiting.identities.push(identity)
    waiting.versions.push(version)
    waiting.scans.push(scan)
  }
  for await (const item of stream) {
    const { scan } = tally.of(item.ref)
    if (item.kind === 'batch') {
      const { keys, destinationKeys, etags, sizes, versionIds, problems } = item.batch
      keys.forEach((key, i) => {
        if (key === null) return
        wait(
          scan,
          key,
          identityOf(key, destinationKeys?.[i]),
          versionOf(etags?.[i], sizes?.[i], versionIds?.[i]),
          sizes?.[i] ?? null,
        )
      })
      for (const problem of problems) failRow(scan, report, problem)
    } else if (item.kind === 'failures') {
      for (const failure of item.failures) {
        if (failure.class === 'row') failRow(scan, report, failure)
        else {
          const job = failure.job as { key?: string; sizeBytes?: number } | undefined
          wait(scan, job?.key ?? failure.key, failure.key, failure.version ?? null, job?.sizeBytes ?? null)
        }
      }
    } else {
      await planWaiting()
      scan.skipped += item.settledRows
      onEnd(item)
    }
    if (waiting.keys.length >= ROWS_AT_ONCE) await planWaiting()
    if (stop.aborted) break
  }
  await planWaiting()
}

function noRows(): WaitingRows {
  return { keys: [], identities: [], versions: [], sizes: [], scans: [] }
}

async function planRows(
  { keys, identities, versions, sizes, scans }: WaitingRows,
  { state, planned, tally, report }: PlanKeysOptions,
): Promise<void> {
  await report?.idle()
  const known = state.lookup(identities, versions)
  const toPlan = identities.map((identity, i) => (known[i] === LOOKUP.complete ? null : identity))
  const again = planned.add(toPlan)
  identities.forEach((_, i) => {
    if (toPlan[i] !== null && again[i] === 0) {
      const size = sizes[i]
      tally.planned += 1
      if (size == null) tally.plannedWithoutSize += 1
      else tally.plannedBytes += size
      return
    }
    scans[i]!.skipped += 1
    report?.write({ ...BLANK_ROW, key: keys[i]!, outcome: 'skipped' })
  })
}

function failRow(
  scan: RowFigures,
  report: ReportPort | null,
  { key, code, message }: Pick<RowProblem, 'key' | 'code' | 'message'>,
): void {
  scan.failed += 1
  report?.write({ ...BLANK_ROW, key, outcome: 'failed', code, message })
}
