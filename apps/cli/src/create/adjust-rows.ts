import type { CandidateRow, RowPortions } from './rows.js'

/** Keys without `prefix`, where they have it. */
export async function* cutPrefix(rows: RowPortions, prefix: string): AsyncGenerator<CandidateRow[]> {
  for await (const portion of rows) {
    yield portion.map((row) =>
      'key' in row && row.key.startsWith(prefix) ? { ...row, key: row.key.slice(prefix.length) } : row,
    )
  }
}

/** The first rows, problems among them. */
export async function* firstRows(rows: RowPortions, count: number): AsyncGenerator<readonly CandidateRow[]> {
  let left = count
  for await (const portion of rows) {
    yield portion.slice(0, left)
    left -= portion.length
    if (left <= 0) return
  }
}
