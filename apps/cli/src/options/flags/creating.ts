import type { Flag } from '../flag.js'

/** Where `manifest create` takes rows from, and where it puts them. */
export const createFlags = {
  output: {
    kind: 'text',
    valueName: 'DIRECTORY',
    commandLineOnly: true,
    describe: 'Directory that the manifests are written to',
    defaultText: 'manifest',
  },
  from: {
    kind: 'text',
    valueName: 'FILE',
    commandLineOnly: true,
    describe:
      'Make the manifests of the keys in this list (CSV, JSON lines, text; - is standard input), not of a listing',
  },
  'from-table': {
    kind: 'text',
    valueName: 'TABLE',
    commandLineOnly: true,
    describe:
      'Make the manifests of a PostgreSQL table (schema.table); the server is what PGHOST, PGUSER and the like say',
  },
  'from-column': {
    kind: 'text',
    valueName: 'COLUMN',
    commandLineOnly: true,
    describe: 'Column of --from-table that holds the keys',
    defaultText: 'key',
  },
  'from-query': {
    kind: 'text',
    valueName: 'SQL',
    commandLineOnly: true,
    describe:
      'Make the manifests of a PostgreSQL query; its first column holds the keys, size, etag, last_modified count by name',
  },
  'cut-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    commandLineOnly: true,
    describe: 'Taken off the front of the keys that have it, before they are written',
  },
  'max-rows': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000_000_000,
    commandLineOnly: true,
    describe: 'Rows that are taken, at most',
    defaultText: 'all',
  },
  'only-new': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Leave out keys that manifests under --manifest-prefix name already, and keys named twice',
  },
  order: {
    kind: 'choice',
    choices: ['input', 'sorted'],
    commandLineOnly: true,
    describe: 'Order of the rows: as they come, or by key, as a listing is',
    defaultText: 'input',
  },
  'list-concurrency': {
    kind: 'integer',
    minimum: 1,
    maximum: 256,
    commandLineOnly: true,
    describe: 'Listings of the bucket at once; with 1 the rows come in the order of their keys',
    defaultText: '8',
  },
  'rows-per-file': {
    kind: 'integer',
    minimum: 1,
    maximum: 100_000_000,
    commandLineOnly: true,
    describe: 'Rows of each manifest',
    defaultText: '1000000',
  },
  upload: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Put the manifests under --manifest-prefix in the source bucket',
  },
} as const satisfies Record<string, Flag>
