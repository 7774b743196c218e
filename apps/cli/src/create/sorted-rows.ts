import { sortRows, type ManifestRow } from '@lagoon/manifest'
import type { CandidateRow, RowPortions } from './rows.js'

/** The rows in the order of their keys, problems before them. What exceeds memory is temporarily in `directory`. */
export async function* sortedRows(
  rows: RowPortions,
  directory: string,
): AsyncGenerator<readonly CandidateRow[]> {
  let problems: CandidateRow[] = []
  async function* keyed(): AsyncGenerator<ManifestRow[]> {
    for await (const portion of rows) {
      const usable: ManifestRow[] = []
      for (const row of portion) {
        if ('key' in row) usable.push(row)
        else problems.push(row)
      }
      yield usable
    }
  }
  for await (const portion of sortRows(keyed(), { directory })) {
    yield problems
    problems = []
    yield portion
  }
  yield problems
}
