import pg from 'pg'
import Cursor from 'pg-cursor'
import { CliError } from '../errors/cli-error.js'
import type { CandidateRow } from './rows.js'

/** What to read of a database. */
export type DatabaseSource =
  | { readonly table: string; readonly column: string }
  /** Its first column holds the keys; columns `size`, `etag`, `last_modified`, `version_id`, `destination_key` count as well. */
  | { readonly query: string }

/** Rows that are asked for at a time. */
const portionRows = 4_096

/**
 * The keys of a PostgreSQL table, or of a query, read through a cursor in a session that may not write. Where the server is, and
 * with what rights, is libpq's business: `PGHOST`, `PGPORT`, `PGDATABASE`, `PGUSER`, `PGPASSWORD`, `PGSSLMODE` …
 *
 * Throws `LAGOON_CLI_DATABASE`.
 */
export async function* rowsOfDatabase(source: DatabaseSource): AsyncGenerator<CandidateRow[]> {
  const client = new pg.Client({ options: '-c default_transaction_read_only=on', application_name: 'lagoon' })
  // A connection that breaks between two portions fails the next one.
  client.on('error', () => undefined)
  try {
    await client.connect()
    const cursor = client.query(new Cursor<unknown[]>(sqlOf(source), [], { rowMode: 'array' }))
    for (let seen = 0; ;) {
      const { rows, names } = await read(cursor)
      yield rows.map((row) => rowOf(row, names, (seen += 1)))
      if (rows.length < portionRows) break
    }
  } catch (cause) {
    throw refused(cause)
  } finally {
    await client.end().catch(() => undefined)
  }
}

function sqlOf(source: DatabaseSource): string {
  if ('query' in source) return source.query
  const table = source.table.split('.').map((part) => pg.escapeIdentifier(part))
  return `SELECT ${pg.escapeIdentifier(source.column)} FROM ${table.join('.')}`
}

function read(cursor: Cursor<unknown[]>): Promise<{ rows: unknown[][]; names: string[] }> {
  return new Promise((resolve, reject) => {
    cursor.read(portionRows, (error, rows, result) => {
      if (error) reject(error)
      else resolve({ rows, names: result.fields.map(({ name }) => name) })
    })
  })
}

function rowOf(values: readonly unknown[], names: readonly string[], number: number): CandidateRow {
  const [key] = values
  if (typeof key !== 'string') {
    const what = key === null ? 'no key' : 'a key that is not text'
    return { problem: `row ${number} of the database has ${what}` }
  }
  const of = (name: string): unknown => values[names.indexOf(name, 1)] ?? undefined
  const size = of('size')
  const lastModified = of('last_modified')
  const text = Object.entries({ etag: 'etag', versionId: 'version_id', destinationKey: 'destination_key' })
    .map(([field, name]) => [field, of(name)] as const)
    .filter(([, value]) => typeof value === 'string')
  return {
    key,
    // A bigint comes as text, so that none is rounded.
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(lastModified instanceof Date ? { lastModified } : {}),
    ...Object.fromEntries(text),
  }
}

function refused(cause: unknown): CliError {
  const detail = cause instanceof AggregateError ? cause.errors.map(messageOf).join('; ') : messageOf(cause)
  return new CliError(
    'LAGOON_CLI_DATABASE',
    `PostgreSQL: ${detail}`,
    'Check table, column and query, and the variables PGHOST, PGPORT, PGDATABASE, PGUSER and PGPASSWORD.',
    { cause },
  )
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
