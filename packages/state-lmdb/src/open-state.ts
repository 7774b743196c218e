import { acquireWriterLock, type WriterLock } from './lmdb/writer-lock.js'
import { checkDiskSpace } from './lmdb/disk-space.js'
import { translateError } from './errors.js'
import { openLmdb } from './lmdb/store.js'
import { resolveOptions, type StateOptions } from './options.js'
import { LmdbState } from './state.js'
import type { State } from './types.js'

/**
 * Opens the state in a directory, made if it isn't there, and holds the directory until `close`. Throws
 * {@link StateError}: `LAGOON_STATE_LOCKED`, `_NEWER_VERSION`, `_OTHER_JOB`, `_UNWRITABLE`, `_DISK_FULL`, `_CORRUPT`,
 * `_INVALID_OPTION`.
 */
export function openState(options: StateOptions): Promise<State> {
  return openLmdbState(options)
}

/** The same with what only maintenance may do. */
export async function openLmdbState(options: StateOptions): Promise<LmdbState> {
  const resolved = resolveOptions(options)
  const { directory, identity } = resolved
  let lock: WriterLock | undefined
  const store = await openLmdb(directory, (meta) => {
    lock = acquireWriterLock(meta, directory, identity)
  })
  try {
    await checkDiskSpace(directory, resolved.diskFloorBytes)
    return new LmdbState(store, lock!, resolved)
  } catch (error) {
    lock!.release()
    await store.env.close()
    throw translateError(error, directory)
  }
}
