import { closeSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { readFormat } from './writer-lock.js'
import { StateError, asStateError } from '../errors.js'
import { DATA_FILE, hasState, openLmdbReadOnly, unlock } from '../lmdb/store.js'
import type { Identity } from '../types.js'
import { openLmdbState } from './open-state.js'
import type { Forgotten, ForgetRequest, MaintainedState } from '../types.js'

/**
 * Makes a run check again by forgetting records. It forgets nothing that could leave an object behind: a finished manifest is read
 * again if something that it names is forgotten. Without state it does nothing. Takes the writer's lock; throws {@link StateError} like
 * `openState`.
 */
export async function forgetInState({
  directory,
  ...request
}: { directory: string } & ForgetRequest): Promise<Forgotten> {
  const nothing = { keys: 0, failures: 0, manifests: 0 }
  return (await withState(directory, (state) => state.forget(request))) ?? nothing
}

/**
 * Merges everything into one run and rewrites the data file without its free pages. Needs as much free disk as the size of the state; a
 * power cut leaves the old file or the new one. Takes the writer's lock; open readers keep seeing the file as it was. Without state it
 * does nothing. Throws {@link StateError} like `openState`.
 */
export async function compactState({
  directory,
}: {
  directory: string
}): Promise<{ bytesBefore: number; bytesAfter: number }> {
  const file = join(directory, DATA_FILE)
  if (!hasState(directory)) return { bytesBefore: 0, bytesAfter: 0 }
  const bytesBefore = statSync(file).size
  const copy = `${file}.compact`
  try {
    rmSync(copy, { force: true })
    await withState(directory, async (state) => {
      await state.compact()
      await state.copyTo(copy)
      // The lock is still held in the old file, but no longer in the new one.
      await unlock(copy)
      replace(directory, file, copy)
    })
  } catch (error) {
    throw asStateError(error, directory)
  } finally {
    rmSync(copy, { force: true })
    rmSync(`${copy}-lock`, { force: true })
  }
  return { bytesBefore, bytesAfter: statSync(file).size }
}

/** The reader table in LMDB's lock file belongs to the old data file: the next process to open it creates a new one. */
function replace(directory: string, file: string, copy: string): void {
  syncPath(copy)
  renameSync(copy, file)
  rmSync(`${file}-lock`, { force: true })
  syncPath(directory)
}

function syncPath(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Makes a directory belong to the job of another identity: the same buckets under other endpoints or aliases. Takes the writer's lock;
 * throws {@link StateError} like `openState`, and `LAGOON_STATE_OTHER_JOB` if the buckets, the key mapping or the shard differ, too.
 * Without state it does nothing. Returns the identity before and after.
 */
export async function moveState({
  directory,
  identity,
}: {
  directory: string
  identity: Identity
}): Promise<{ before: Identity; after: Identity } | null> {
  const before = await recordedIdentity(directory)
  if (before === undefined) return null
  if (!isSameJobElsewhere(before, identity)) {
    throw new StateError(
      'LAGOON_STATE_OTHER_JOB',
      `the data directory ${directory} belongs to a job from ${nameOf(before)}, which is not the job from ${nameOf(identity)} under other endpoints`,
      'Only endpoints and aliases can change; buckets, key mapping and shard must stay the same.',
    )
  }
  await withState(directory, async (state) => state.rename(identity))
  return { before, after: identity }
}

function nameOf({ source, destination, shard }: Identity): string {
  return `${source} to ${destination}${shard === undefined ? '' : `, shard ${shard}`}`
}

/** Whether two identities differ only in how their stores are reached. */
function isSameJobElsewhere(a: Identity, b: Identity): boolean {
  return (
    a.shard === b.shard &&
    bucketOf(a.source) === bucketOf(b.source) &&
    bucketOf(a.destination) === bucketOf(b.destination)
  )
}

/** The bucket, and whatever follows it except a region: identities are `…/bucket` or `s3://bucket (region)`, and a key mapping. */
function bucketOf(store: string): string {
  const [, address = '', mapping = ''] = /^(.*?)( keys .*)?$/s.exec(store) ?? []
  const bucket = address.replace(/^s3:\/\//, '').replace(/ \([^)]*\)$/, '')
  return bucket.slice(bucket.lastIndexOf('/') + 1) + mapping
}

async function withState<T>(
  directory: string,
  action: (state: MaintainedState) => Promise<T>,
): Promise<T | undefined> {
  const identity = await recordedIdentity(directory)
  if (identity === undefined) return undefined
  const state = await openLmdbState({ directory, identity, diskFloorBytes: 0 })
  try {
    return await action(state)
  } finally {
    await state.close()
  }
}

async function recordedIdentity(directory: string): Promise<Identity | undefined> {
  if (!hasState(directory)) return undefined
  let identity: Identity | undefined
  const store = await openLmdbReadOnly(directory, (meta) => {
    identity = readFormat(meta, directory)?.identity
  })
  await store?.env.close()
  return identity
}
