import { diskFull, freeBytes } from '../lmdb/disk-space.js'
import { asStateError, type StateError } from '../errors.js'

const EIO = 5
/** A disk with less free space counts as full when a write was incomplete. */
const SHORT_BYTES = 4 * 2 ** 20

/**
 * The cause of a failed commit: lmdb-js rejects with "Commit failed" and puts the reason into a separate promise. LMDB reports an
 * incomplete write as an input/output error; if the disk is full, that is the reason.
 */
export async function explainCommitError(error: unknown, directory: string): Promise<StateError> {
  const reason = await reasonOf(error)
  if ((reason as { code?: unknown }).code === EIO && (await isFull(directory))) {
    return diskFull(directory, 'is full: a write was incomplete', reason)
  }
  return asStateError(reason, directory)
}

async function isFull(directory: string): Promise<boolean> {
  try {
    return (await freeBytes(directory)) < SHORT_BYTES
  } catch {
    return false
  }
}

async function reasonOf(error: unknown): Promise<unknown> {
  const { commitError } = error as { commitError?: Promise<never> }
  if (commitError === undefined) return error
  try {
    return await commitError
  } catch (reason) {
    return reason
  }
}
