import { acquireWriterLock, type WriterLock } from './writer-lock.js'
import { checkDiskSpace } from '../lmdb/disk-space.js'
import { asStateError } from '../errors.js'
import { openLmdb } from '../lmdb/store.js'
import { isLeased, waitForLease } from './wait-for-lease.js'
import { resolveOptions, type StateOptions } from '../options.js'
import { LmdbState } from './state.js'
import type { MaintainedState, State } from '../types.js'

/**
 * Opens the state in a directory, which is created if it does not exist, and holds the directory until `close`. Throws {@link
 * StateError}: `LAGOON_STATE_LOCKED`, `_NEWER_VERSION`, `_OTHER_JOB`, `_UNWRITABLE`, `_DISK_FULL`, `_CORRUPT`, `_INVALID_OPTION`.
 */
export function openState(options: StateOptions): Promise<State> {
  return openLmdbState(options)
}

/** The same with methods that only maintenance may use. */
export async function openLmdbState(options: StateOptions): Promise<MaintainedState> {
  const resolved = resolveOptions(options)
  const { directory, identity } = resolved
  let lock: WriterLock | undefined
  const openStore = (waitedOut?: number) =>
    openLmdb(directory, (meta) => {
      lock = acquireWriterLock(meta, { directory, identity, waitedOut })
    })
  const store = await openStore().catch(async (error: unknown) => {
    if (!isLeased(error)) throw error
    const { onLeaseWait, signal } = options
    const onWait = (until: Date): void => onLeaseWait?.({ pid: error.pid!, host: error.host!, until })
    return await openStore(await waitForLease(directory, error, { onWait, signal }))
  })
  try {
    await checkDiskSpace(directory, resolved.diskFloorBytes)
    const state = new LmdbState(store, lock!, resolved)
    await state.recover()
    return state
  } catch (error) {
    lock!.release()
    await store.env.close()
    throw asStateError(error, directory)
  }
}
