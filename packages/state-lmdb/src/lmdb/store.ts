import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { open, type RangeOptions, type RootDatabase, type Transaction } from 'lmdb'
import { JOURNAL_FILES } from './journal.js'
import { checkDataFile } from './data-file.js'
import { checkLimits } from './check-limits.js'
import { refuseForeignLinks } from './foreign-links.js'
import { asStateError, type StateError } from '../errors.js'
import { makeDirectory } from './make-directory.js'

/** Name of the data file in the data directory; LMDB's lock file has `-lock` appended. */
export const DATA_FILE = 'state.mdb'

/** Which view a read sees; inside a write transaction it is always that transaction's. */
export interface SnapshotOptions {
  transaction?: Transaction
}

/** The methods used of an lmdb-js database; its own types lack the options of `getBinary` and `getBinaryFast`. */
export interface Table<K> {
  getBinary(key: K, options?: SnapshotOptions): Uint8Array | undefined
  /** The value in a buffer that the next read overwrites. */
  getBinaryFast(key: K, options?: SnapshotOptions): Uint8Array | undefined
  getRange(options: RangeOptions): Iterable<{ key: K; value: Uint8Array }>
  getKeys(options?: RangeOptions): Iterable<K>
  /** All values of a key, where duplicates are allowed. */
  getValues(key: K, options?: RangeOptions): Iterable<Uint8Array>
  put(key: K, value: Uint8Array): Promise<boolean>
  remove(key: K, value?: Uint8Array): Promise<boolean>
  transactionSync(action: () => void): void
}

type Bytes = Table<Uint8Array>
type Numbered = Table<number>

/**
 * The LMDB environment. Options that matter: values are plain bytes (no msgpack, compression, versions or cache); `overlappingSync` is
 * off, so that a commit is on disk when its promise resolves; `eventTurnBatching` is off, because transactions are grouped here and its
 * own promises would reject unhandled; the page size is fixed, because chunks are sized to fill a page; read-ahead is off, because
 * lookups jump; the map grows automatically (lmdb-js doubles it).
 */
export interface LmdbStore {
  readonly directory: string
  readonly env: RootDatabase<Uint8Array, string>
  /** Format, identity, writer, counters and the list of runs, as JSON. */
  readonly meta: Table<string>
  /** Chunk number → chunk. */
  readonly chunks: Numbered
  /** Sorted run, first fingerprint → segment. */
  readonly segments: Bytes
  /** Fingerprint of the manifest's key → manifest, as JSON. */
  readonly manifests: Bytes
  /** Manifest number → fingerprint of its key. */
  readonly manifestNumbers: Numbered
  /** Manifest, row group → rows, for settled row groups. */
  readonly groups: Bytes
  /** Manifest, row group → number of failures. */
  readonly groupFailures: Bytes
  /** Manifest, row → failure, as JSON. */
  readonly failures: Bytes
  /** Fingerprint → manifest, row (duplicates allowed). */
  readonly failureKeys: Bytes
  /** Fingerprint of the name → multipart upload, as JSON. */
  readonly uploads: Bytes
  /** Number of a sync run → its record, as JSON. */
  readonly history: Numbered
}

/** lmdb-js says this about the environment itself, and nothing about a database inside it. */
const NOT_FOUND = 'Database not found'
const MAP_BYTES = 16 * 2 ** 30
/** Every file that this package opens in the data directory. */
const OWN_FILES = [
  DATA_FILE,
  `${DATA_FILE}-lock`,
  `${DATA_FILE}.compact`,
  `${DATA_FILE}.compact-lock`,
  ...JOURNAL_FILES,
]

/** The part of the environment that is opened first. */
export type MetaDatabase = LmdbStore['meta']

/**
 * Opens the environment for writing and creates the directory if it does not exist. `admit` sees the `meta` database before any other
 * one is opened or created; if it throws, the opening ends. Throws {@link StateError}.
 */
export async function openLmdb(directory: string, admit: (meta: MetaDatabase) => void): Promise<LmdbStore> {
  try {
    makeDirectory(directory)
    accessSync(directory, constants.W_OK)
  } catch (error) {
    throw asStateError(error, directory)
  }
  return openWith(directory, false, admit)
}

/** Opens the environment for reading; null if its writer is just about to create it. Otherwise like {@link openLmdb}. */
export async function openLmdbReadOnly(
  directory: string,
  admit: (meta: MetaDatabase) => void,
): Promise<LmdbStore | null> {
  try {
    return await openWith(directory, true, admit)
  } catch (error) {
    if ((error as StateError).message.includes(NOT_FOUND)) return null
    throw error
  }
}

async function openWith(
  directory: string,
  readOnly: boolean,
  admit: (meta: MetaDatabase) => void,
): Promise<LmdbStore> {
  let env: LmdbStore['env'] | undefined
  try {
    refuseForeignLinks(directory, OWN_FILES)
    checkDataFile(join(directory, DATA_FILE), directory)
    checkLimits(mapBytesOf(join(directory, DATA_FILE)))
    env = open<Uint8Array, string>(join(directory, DATA_FILE), {
      encoding: 'binary',
      noSubdir: true,
      readOnly,
      overlappingSync: false,
      eventTurnBatching: false,
      pageSize: 4096,
      mapSize: MAP_BYTES,
      noReadAhead: true,
      maxDbs: 16,
      cache: false,
      useVersions: false,
      compression: false,
    } as never)
    const meta = table<string>(env, 'meta', { encoding: 'binary' })
    admit(meta)
    return openDatabases(directory, env, meta)
  } catch (error) {
    await env?.close()
    throw asStateError(error, directory)
  }
}

/** Bytes of address space that LMDB maps for a data file of this size. */
function mapBytesOf(path: string): number {
  return Math.max(MAP_BYTES, statSync(path, { throwIfNoEntry: false })?.size ?? 0)
}

function openDatabases(directory: string, env: LmdbStore['env'], meta: MetaDatabase): LmdbStore {
  const bytes = { encoding: 'binary', keyEncoding: 'binary' } as const
  const numbered = { encoding: 'binary', keyEncoding: 'uint32' } as const
  return {
    directory,
    env,
    meta,
    chunks: table(env, 'chunks', numbered),
    segments: table(env, 'segments', bytes),
    manifests: table(env, 'manifests', bytes),
    manifestNumbers: table(env, 'manifest-numbers', numbered),
    groups: table(env, 'groups', bytes),
    groupFailures: table(env, 'group-failures', bytes),
    failures: table(env, 'failures', bytes),
    failureKeys: table(env, 'failure-keys', { ...bytes, dupSort: true }),
    uploads: table(env, 'uploads', bytes),
    history: table(env, 'history', numbered),
  }
}

/** Opens a database, and creates it unless the environment was opened for reading. */
function table<K>(env: LmdbStore['env'], name: string, options: object): Table<K> {
  const database = env.openDB(name, options) as unknown as Table<K> | undefined
  if (database === undefined) throw new Error(NOT_FOUND)
  return database
}

/** Removes the writer's record from a copy of the data file. */
export async function unlock(file: string): Promise<void> {
  const env = open<Uint8Array, string>(file, {
    encoding: 'binary',
    noSubdir: true,
    overlappingSync: false,
    maxDbs: 16,
  })
  const meta = table<string>(env, 'meta', { encoding: 'binary' })
  meta.transactionSync(() => void meta.remove('writer'))
  await env.close()
}

/** Whether there is state in the directory. An empty file is not: opening it for reading would end the process inside LMDB. */
export function hasState(directory: string): boolean {
  const file = join(directory, DATA_FILE)
  return existsSync(file) && statSync(file).size > 0
}

const decoder = new TextDecoder()

/** JSON as stored in LMDB. */
export function toJson(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value))
}

/** The value that {@link toJson} wrote, or undefined. Throws a `SyntaxError` for anything that is not an object: damage. */
export function fromJson<T>(bytes: Uint8Array | undefined): T | undefined {
  if (bytes === undefined) return undefined
  const value = JSON.parse(decoder.decode(bytes)) as T
  if (typeof value !== 'object' || value === null) throw new SyntaxError('a record is not an object')
  return value
}
