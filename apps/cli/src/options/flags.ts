/**
 * Every flag there is, as data: help, parsing, environment variables, validation and completion are made from this table.
 * A flag `--max-attempts` has the variable `LAGOON_MAX_ATTEMPTS`, unless it is `commandLineOnly`.
 */
interface FlagBase {
  /** One line for `--help`, with the unit. */
  readonly describe: string
  /** The default as the help says it; none when the flag is simply off. */
  readonly defaultText?: string
  /** A question asked once, not a setting: no variable stands for it. */
  readonly commandLineOnly?: true
}

export interface TextFlag extends FlagBase {
  readonly kind: 'text'
  /** What the help calls the value, in capitals. */
  readonly valueName: string
  /** An empty value on the command line means something (never in the environment). */
  readonly mayBeEmpty?: boolean
  /** May be given several times, where a command takes all values. */
  readonly repeatable?: true
}

export interface NumberFlag extends FlagBase {
  readonly kind: 'integer' | 'number'
  readonly minimum: number
  readonly maximum: number
}

export interface ChoiceFlag extends FlagBase {
  readonly kind: 'choice'
  readonly choices: readonly string[]
}

export interface BooleanFlag extends FlagBase {
  readonly kind: 'boolean'
}

export type Flag = TextFlag | NumberFlag | ChoiceFlag | BooleanFlag

/** Most requests in flight that one process may be told to have. */
export const highestConcurrency = 16_384

const price = { kind: 'number', minimum: 0, maximum: 1000, commandLineOnly: true } as const

const concurrency = { kind: 'integer', minimum: 1, maximum: highestConcurrency } as const

export const flags = {
  'manifest-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    mayBeEmpty: true,
    describe: 'Where manifests lie in the source bucket; an empty value means the whole bucket',
    defaultText: 'manifest/',
  },
  'manifest-column': {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Column of the manifests that holds object keys',
    defaultText: '`uri`, else `key`, else the only string column',
  },
  'filter-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Only rows whose key begins with this; all filters that are given must hold',
  },
  'filter-glob': {
    kind: 'text',
    valueName: 'GLOB',
    describe: 'Only rows whose whole key matches; * and ? stop at a slash, ** does not',
  },
  'filter-regex': {
    kind: 'text',
    valueName: 'REGEX',
    describe: 'Only rows whose key matches this regular expression somewhere',
  },
  'min-size': {
    kind: 'text',
    valueName: 'SIZE',
    describe: 'Only rows of at least this size, bytes or 64KiB, 5MB; the manifest needs a size column',
  },
  'max-size': {
    kind: 'text',
    valueName: 'SIZE',
    describe: 'Only rows of at most this size; the manifest needs a size column',
  },
  'modified-from': {
    kind: 'text',
    valueName: 'TIME',
    describe:
      'Only rows modified at this time or later, 2026-01-31 (UTC) or 2026-01-31T12:00:00Z; needs a column',
  },
  'modified-before': {
    kind: 'text',
    valueName: 'TIME',
    describe: 'Only rows modified before this time; needs a column last_modified',
  },
  overwrite: {
    kind: 'choice',
    choices: ['overwrite', 'if-missing', 'if-different'],
    describe: 'What happens to an object that the destination has already',
    defaultText: 'overwrite',
  },
  verification: {
    kind: 'choice',
    choices: ['auto', 'strict'],
    describe: 'strict reads a copy back where nothing but its size would be known to agree',
    defaultText: 'auto',
  },
  'server-side-copy': {
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    describe: 'Whether the store copies by itself; auto does where both buckets are at one endpoint',
    defaultText: 'auto',
  },
  'strip-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Taken off the front of each key at the destination',
  },
  'add-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Put before each key at the destination',
  },
  'copy-tags': { kind: 'boolean', describe: 'Copy the tags of objects too' },
  'storage-class': {
    kind: 'text',
    valueName: 'CLASS',
    describe: "Storage class of the copies; keep takes the source's",
    defaultText: "the bucket's",
  },
  acl: {
    kind: 'text',
    valueName: 'ACL',
    describe: 'Canned ACL of the copies, such as bucket-owner-full-control',
  },
  sse: {
    kind: 'choice',
    choices: ['AES256', 'aws:kms', 'aws:kms:dsse'],
    describe: 'Encryption of the copies by the store',
    defaultText: "the bucket's",
  },
  'sse-kms-key-id': {
    kind: 'text',
    valueName: 'KEY',
    describe: 'Key for --sse aws:kms',
    defaultText: "the account's",
  },
  'requester-pays': { kind: 'boolean', describe: 'Say to the source that the requester pays' },
  'max-bytes-per-second': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000_000_000,
    describe: 'Cap on the bytes of objects a second, for each side',
  },
  'max-requests-per-second': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    describe: 'Cap on the requests a second, for each side',
  },
  'data-dir': {
    kind: 'text',
    valueName: 'DIRECTORY',
    describe: 'Directory that remembers what is done; one for each pair of buckets',
    defaultText: 'data',
  },
  'min-concurrency': {
    ...concurrency,
    describe: 'Lower bound of the controller, objects or parts in flight',
    defaultText: '16, and less for a store that cannot serve as many',
  },
  'max-concurrency': {
    ...concurrency,
    describe: 'Upper bound of the controller, objects or parts in flight',
    defaultText: '1024',
  },
  concurrency: { ...concurrency, describe: 'Fixed number in flight; switches the controller off' },
  'no-controller': {
    kind: 'boolean',
    describe: 'Fixed number in flight: --max-concurrency if given, else 64',
  },
  'controller-interval-s': {
    kind: 'number',
    minimum: 0.05,
    maximum: 3600,
    describe: 'Longest time between two adjustments, seconds',
    defaultText: "the controller's own",
  },
  'max-attempts': {
    kind: 'integer',
    minimum: 1,
    maximum: 100,
    describe: 'Attempts for each object or part before it counts as failed',
    defaultText: '5',
  },
  'dry-run': { kind: 'boolean', describe: 'Say what a run would copy, touch nothing' },
  report: {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Write a row for each object of this run to FILE, .parquet or .jsonl by its name',
  },
  'metrics-port': {
    kind: 'integer',
    minimum: 0,
    maximum: 65_535,
    describe: 'Serve a live page, Prometheus metrics and /healthz on this port; 0 takes a free one',
  },
  'metrics-host': {
    kind: 'text',
    valueName: 'ADDRESS',
    describe: 'Address that --metrics-port listens on',
    defaultText: '127.0.0.1',
  },
  json: { kind: 'boolean', describe: 'Newline-delimited JSON on stdout and nothing else there' },
  'log-level': {
    kind: 'choice',
    choices: ['DEBUG', 'INFO', 'WARNING', 'ERROR'],
    describe: 'Least severe messages on stderr, in any case; DEBUG also shows causes of errors',
    defaultText: 'INFO',
  },
  'log-format': {
    kind: 'choice',
    choices: ['text', 'json'],
    describe: 'Log on stderr as lines for people, or as JSON lines for a collector',
    defaultText: 'text',
  },
  'log-file': {
    kind: 'text',
    valueName: 'FILE',
    describe: 'Also log to FILE as JSON lines; turned over at 64 MiB, five old ones are kept',
  },
  class: {
    kind: 'choice',
    choices: ['missing', 'permanent', 'transient', 'throttle', 'row'],
    commandLineOnly: true,
    describe: 'Only failures of this class',
  },
  code: { kind: 'text', valueName: 'CODE', commandLineOnly: true, describe: 'Only failures with this code' },
  manifest: {
    kind: 'text',
    valueName: 'MANIFEST',
    commandLineOnly: true,
    repeatable: true,
    describe:
      'Only this manifest; sync and plan take several: a key of the source bucket, s3://bucket/key, ./path, - for standard input',
  },
  limit: {
    kind: 'integer',
    minimum: 0,
    maximum: 1_000_000,
    commandLineOnly: true,
    describe: 'Lines of a list that are shown to a person; --json and --export give all',
    defaultText: '20',
  },
  export: {
    kind: 'text',
    valueName: 'FILE',
    commandLineOnly: true,
    describe: 'Write a row for each failure to FILE, .parquet or .jsonl by its name',
  },
  'price-get-1000': { ...price, describe: 'What 1,000 GET requests at the source cost' },
  'price-put-1000': { ...price, describe: 'What 1,000 PUT requests at the destination cost' },
  'price-egress-gb': { ...price, describe: 'What each GB that leaves the source costs' },
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
  'every-row': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Look at every row for keys that cannot be used, not only at the first ones',
  },
  failed: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Every manifest with failures: read it again, and try what failed in it',
  },
} as const satisfies Record<string, Flag>

export type FlagName = keyof typeof flags

/** Which rows of manifests are taken. */
export const filterFlags = [
  'filter-prefix',
  'filter-glob',
  'filter-regex',
  'min-size',
  'max-size',
  'modified-from',
  'modified-before',
] as const satisfies readonly FlagName[]

/** Flags of the commands that copy. */
export const copyFlags = [
  'overwrite',
  'verification',
  'server-side-copy',
  'strip-prefix',
  'add-prefix',
  'copy-tags',
  'storage-class',
  'acl',
  'sse',
  'sse-kms-key-id',
  'requester-pays',
  'max-bytes-per-second',
  'max-requests-per-second',
] as const satisfies readonly FlagName[]

/** Flags that every command takes. */
export const commonFlags = [
  'json',
  'log-level',
  'log-format',
  'log-file',
] as const satisfies readonly FlagName[]

export const flagNames = Object.keys(flags) as FlagName[]

/** Flags that a variable can stand for. */
export const settingNames = flagNames.filter((name) => !('commandLineOnly' in flags[name]))

export function isFlagName(name: string): name is FlagName {
  return Object.hasOwn(flags, name)
}

/** `max-attempts` → `LAGOON_MAX_ATTEMPTS` */
export function variableOf(flag: FlagName): string {
  return `LAGOON_${flag.toUpperCase().replaceAll('-', '_')}`
}
