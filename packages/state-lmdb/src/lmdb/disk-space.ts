import { statfs } from 'node:fs/promises'
import { StateError } from '../errors.js'

/** Bytes that this user can still write to the disk of the directory. */
export async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory)
  return bavail * bsize
}

/** Throws `LAGOON_STATE_DISK_FULL` if the disk of the directory has less free space than that; 0 never does. */
export async function checkDiskSpace(directory: string, floorBytes: number): Promise<void> {
  const free = await freeBytes(directory)
  if (free < floorBytes)
    throw diskFull(directory, `has ${size(free)} free, less than the minimum of ${size(floorBytes)}`)
}

/** The error for a commit that needs more than the free space. */
export function noRoom(directory: string, free: number, bytes: number): StateError {
  return diskFull(directory, `has ${size(free)} free, but the next commit may need ${size(bytes)}`)
}

export function diskFull(directory: string, what: string, cause?: unknown): StateError {
  return new StateError(
    'LAGOON_STATE_DISK_FULL',
    `the disk that holds the data directory ${directory} ${what}`,
    'Free space on that disk, or move the data directory to a larger one, and run again: nothing recorded is lost.',
    { cause },
  )
}

function size(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
