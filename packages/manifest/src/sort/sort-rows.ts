import { compareKeys } from '../rows/compare-keys.js'
import { type SortOptions, resolveSortOptions } from '../options.js'
import type { ManifestRow } from '../write/manifest-row.js'
import { mergeRuns } from './merge-runs.js'
import { rowToLine } from './row-line.js'
import { SpillFile, type SpilledRun } from './spill-file.js'

/** Runs that are merged at the same time: each takes a window of memory. */
const FAN_IN = 128

/** Memory of a row beside the characters of its texts. */
const ROW_BYTES = 200

/** Rows written to disk at a time. */
const WRITE_ROWS = 1_024

/**
 * The rows in listing order, that of the bytes of their keys; rows with equal keys keep their order. Takes and returns them in
 * portions. What exceeds the budget goes to a file without a name in `directory`, which disappears with the process. It takes as much
 * space as the rows do as JSON, twice as much while very many are merged.
 *
 * Throws `LAGOON_MANIFEST_INVALID_OPTION`, `LAGOON_MANIFEST_UNWRITABLE`, and what the rows throw.
 */
export async function* sortRows(
  rows: AsyncIterable<readonly ManifestRow[]>,
  options: SortOptions,
): AsyncGenerator<ManifestRow[], void, undefined> {
  const { directory, memoryBytes } = resolveSortOptions(options)
  let spill: SpillFile | null = null
  try {
    let runs: SpilledRun[] = []
    let gathered: ManifestRow[] = []
    let gatheredBytes = 0
    for await (const portion of rows) {
      for (const row of portion) {
        gathered.push(row)
        gatheredBytes += ROW_BYTES + row.key.length
      }
      if (gatheredBytes < memoryBytes) continue
      spill ??= await SpillFile.open(directory)
      runs.push(await writeRun(spill, [sortInMemory(gathered)]))
      gathered = []
      gatheredBytes = 0
    }
    sortInMemory(gathered)
    if (!spill) {
      if (gathered.length > 0) yield gathered
      return
    }
    runs.push(await writeRun(spill, [gathered]))
    gathered = []
    while (runs.length > FAN_IN) {
      const wider = await SpillFile.open(directory)
      const before: SpillFile = spill
      spill = wider
      runs = await mergeGroups(runs, wider)
      await before.close()
    }
    yield* mergeRuns(runs)
  } finally {
    await spill?.close()
  }
}

function sortInMemory(rows: ManifestRow[]): ManifestRow[] {
  return rows.sort((a, b) => compareKeys(a.key, b.key))
}

/** Merges neighbouring runs, as many as possible at a time, into longer ones. */
async function mergeGroups(runs: readonly SpilledRun[], file: SpillFile): Promise<SpilledRun[]> {
  const merged: SpilledRun[] = []
  for (let at = 0; at < runs.length; at += FAN_IN) {
    merged.push(await writeRun(file, mergeRuns(runs.slice(at, at + FAN_IN))))
  }
  return merged
}

async function writeRun(
  file: SpillFile,
  portions: Iterable<readonly ManifestRow[]> | AsyncIterable<readonly ManifestRow[]>,
): Promise<SpilledRun> {
  const start = file.length
  for await (const portion of portions) {
    for (let at = 0; at < portion.length; at += WRITE_ROWS) {
      await file.append(
        portion
          .slice(at, at + WRITE_ROWS)
          .map(rowToLine)
          .join(''),
      )
    }
  }
  return { file, start, end: file.length }
}
