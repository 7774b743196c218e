import { randomBytes, randomUUID } from 'node:crypto'
import { statSync, utimes } from 'node:fs'
import { join } from 'node:path'
import { corrupt, StateError, throwingStateErrors } from '../errors.js'
import { SEED_BYTES } from '../keys/fingerprint.js'
import { DATA_FILE, fromJson, toJson, type MetaDatabase } from '../lmdb/store.js'
import type { Identity } from '../types.js'
import { isAlive, thisProcess, type ProcessIdentity } from './process-identity.js'

/**
 * Version of the format of the data file. It is the first: a change that raises it migrates older files when opening them, or refuses
 * them and names the command.
 */
const FORMAT_VERSION = 1

/** A writer on another host or in another container counts as alive if the data file was touched within this time. */
const FOREIGN_LEASE_MS = 60_000

export interface Format {
  version: number
  /** Seed of the fingerprints, hexadecimal. */
  seed: string
  identity: Identity
  /** ISO 8601. */
  createdAt: string
}

/** Holds the data directory for this process. */
export interface WriterLock {
  release(): void
}

/** How to take the lock. */
export interface LockOptions {
  readonly directory: string
  readonly identity: Identity
  /** When a writer that can't be seen showed for the last time that it is alive, in ms since the epoch, if its lease was waited out. */
  readonly waitedOut?: number | undefined
}

/**
 * Makes this process the only writer. The lock is a record in LMDB, read and replaced in one write transaction, which LMDB grants to
 * one process at a time: of two processes that find a dead writer, only one takes over. A killed process leaves its record behind; it
 * counts only while a process with that pid and start time is alive.
 */
export function acquireWriterLock(
  meta: MetaDatabase,
  { directory, identity, waitedOut }: LockOptions,
): WriterLock {
  const token = randomUUID()
  meta.transactionSync(() => {
    const format = readFormat(meta, directory)
    checkIdentity(format, directory, identity)
    const writer = fromJson<ProcessIdentity & { token: string }>(meta.getBinary('writer'))
    if (writer !== undefined) refuseIfHeld(writer, directory, waitedOut)
    if (format === undefined) {
      const created: Format = {
        version: FORMAT_VERSION,
        seed: randomBytes(SEED_BYTES).toString('hex'),
        identity,
        createdAt: new Date().toISOString(),
      }
      void meta.put('format', toJson(created))
    }
    void meta.put('writer', toJson({ ...thisProcess(), token }))
  })
  // Shows writers on other hosts and in other containers, which can't see this process, that it is alive.
  const heartbeat = setInterval(() => touch(join(directory, DATA_FILE)), FOREIGN_LEASE_MS / 4)
  heartbeat.unref()
  return {
    release() {
      clearInterval(heartbeat)
      throwingStateErrors(directory, () => {
        meta.transactionSync(() => {
          const writer = fromJson<{ token: string }>(meta.getBinary('writer'))
          if (writer?.token === token) void meta.remove('writer')
        })
      })
    },
  }
}

/** The format record; undefined in a data file that has none yet. Throws if this release can't read it. */
export function readFormat(meta: MetaDatabase, directory: string): Format | undefined {
  const format = fromJson<Format>(meta.getBinary('format'))
  if (format === undefined) return undefined
  if (!Number.isInteger(format.version) || format.version < 1)
    throw corrupt(
      directory,
      `unknown format version ${format.version} (damaged, or written by a newer version)`,
    )
  if (format.version <= FORMAT_VERSION) return format
  throw new StateError(
    'LAGOON_STATE_NEWER_VERSION',
    `the state in ${directory} has format ${format.version}; this release reads up to ${FORMAT_VERSION}`,
    'Use the release that wrote it or a newer one, or set a new directory (option `directory`).',
  )
}

/** Makes the directory belong to another identity. */
export function changeIdentity(meta: MetaDatabase, directory: string, identity: Identity): void {
  meta.transactionSync(() => void meta.put('format', toJson({ ...readFormat(meta, directory)!, identity })))
}

/** Throws `LAGOON_STATE_OTHER_JOB` if the directory belongs to another source or destination. */
export function checkIdentity(format: Format | undefined, directory: string, identity: Identity): void {
  if (format === undefined) return
  const { source, destination, shard } = format.identity
  const sameStores = source === identity.source && destination === identity.destination
  if (sameStores && shard === identity.shard) return
  if (sameStores) {
    throw new StateError(
      'LAGOON_STATE_OTHER_JOB',
      `the data directory ${directory} belongs to ${shardText(shard)}, not to ${shardText(identity.shard)}`,
      'Give each shard its own data directory (option `directory`); a shard skips the rows of the others.',
    )
  }
  throw new StateError(
    'LAGOON_STATE_OTHER_JOB',
    `the data directory ${directory} belongs to a job from ${source} to ${destination}, not from ${identity.source} to ${identity.destination}`,
    'Use another directory for this job (option `directory`). If these are the same buckets under other endpoints, use `moveState` first.',
  )
}

function shardText(shard: string | undefined): string {
  return shard === undefined ? 'a whole job' : `shard ${shard}`
}

/** A visible process holds the directory as long as it is alive, any other one as long as its lease is valid. */
function refuseIfHeld(writer: ProcessIdentity, directory: string, waitedOut: number | undefined): void {
  const alive = isAlive(writer)
  if (alive === true) throw locked(writer, directory)
  if (alive === false) return
  const renewedAt = leaseOf(directory)
  if (renewedAt === waitedOut) return
  // A clock that was ahead when the lease was renewed doesn't make it longer.
  const leaseEndsAt = Math.min(renewedAt, Date.now()) + FOREIGN_LEASE_MS
  if (leaseEndsAt > Date.now()) throw locked(writer, directory, leaseEndsAt)
}

/** When the writer last showed that it is alive, in ms since the epoch. */
export function leaseOf(directory: string): number {
  return statSync(join(directory, DATA_FILE)).mtimeMs
}

function touch(file: string): void {
  const now = new Date()
  utimes(file, now, now, () => {})
}

function locked(
  { pid, startedAt, realm }: ProcessIdentity,
  directory: string,
  leaseEndsAt?: number,
): StateError {
  const where = leaseEndsAt === undefined ? '' : ` on ${hostOf(realm)}`
  return new StateError(
    'LAGOON_STATE_LOCKED',
    `the data directory ${directory} is held by process ${pid}${where}, started at ${startedAt}`,
    'Wait for that process to end, stop it, or use another directory (option `directory`).',
    { pid, startedAt, ...(leaseEndsAt === undefined ? {} : { leaseEndsAt, host: hostOf(realm) }) },
  )
}

/** The host's name is the first word of a realm. */
function hostOf(realm: string): string {
  return realm.split(' ')[0] ?? ''
}
