import type { CandidateRow } from './rows.js'

/** Keys without `prefix`, where they have it. */
export async function* cutPrefix(
  rows: AsyncIterable<CandidateRow>,
  prefix: string,
): AsyncGenerator<CandidateRow> {
  for await (const row of rows) {
    yield 'key' in row && row.key.startsWith(prefix) ? { ...row, key: row.key.slice(prefix.length) } : row
  }
}

/** The first rows, problems among them. */
export async function* firstRows(
  rows: AsyncIterable<CandidateRow>,
  count: number,
): AsyncGenerator<CandidateRow> {
  let left = count
  for await (const row of rows) {
    yield row
    left -= 1
    if (left === 0) return
  }
}
