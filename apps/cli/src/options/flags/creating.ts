import type { Flag } from './flag.js'

/** Where `manifest create` takes rows from, and where it puts them. */
export const createFlags = {
  output: {
    kind: 'text',
    valueName: 'DIRECTORY',
    commandLineOnly: true,
    describe: 'Directory to write the manifests to',
    defaultText: 'manifest',
  },
  from: {
    kind: 'text',
    valueName: 'FILE',
    commandLineOnly: true,
    describe: 'Read keys from a list (CSV, JSON lines, text; - for stdin) instead of listing',
  },
  'from-table': {
    kind: 'text',
    valueName: 'TABLE',
    commandLineOnly: true,
    describe: 'Read keys from a PostgreSQL table (schema.table); PGHOST, PGUSER, ... apply',
  },
  'from-column': {
    kind: 'text',
    valueName: 'COLUMN',
    commandLineOnly: true,
    describe: 'Column of --from-table with the keys',
    defaultText: 'key',
  },
  'from-query': {
    kind: 'text',
    valueName: 'SQL',
    commandLineOnly: true,
    describe: 'Read keys from a PostgreSQL query: keys first; size, etag, last_modified by name',
  },
  'cut-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    commandLineOnly: true,
    describe: 'Remove this prefix from the keys before writing them',
  },
  'max-rows': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000_000_000,
    commandLineOnly: true,
    describe: 'Write at most this many rows',
    defaultText: 'all',
  },
  'only-new': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Skip keys that manifests under --manifest-prefix name already',
  },
  order: {
    kind: 'choice',
    choices: ['input', 'sorted'],
    commandLineOnly: true,
    describe: 'Row order: as in the input, or sorted by key',
    defaultText: 'input',
  },
  'list-concurrency': {
    kind: 'integer',
    minimum: 1,
    maximum: 256,
    commandLineOnly: true,
    describe: 'Parallel listings of the bucket; 1 keeps the rows in key order',
    defaultText: '8',
  },
  'rows-per-file': {
    kind: 'integer',
    minimum: 1,
    maximum: 100_000_000,
    commandLineOnly: true,
    describe: 'Rows per manifest',
    defaultText: '1000000',
  },
  upload: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Upload the manifests to --manifest-prefix in the source bucket',
  },
} as const satisfies Record<string, Flag>
