import { statfs } from 'node:fs/promises'
import { StateError } from './errors.js'

/** Throws `LAGOON_STATE_DISK_FULL` when the disk of the directory has less than that free; 0 never does. */
export async function checkDiskSpace(directory: string, floorBytes: number): Promise<void> {
  if (floorBytes === 0) return
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  if (free >= floorBytes) return
  throw new StateError(
    'LAGOON_STATE_DISK_FULL',
    `The disk that holds the data directory ${directory} has ${mebibytes(free)} free, less than the floor of ${mebibytes(floorBytes)}`,
    'Free space on that disk, or move the data directory to a larger one, and run again: nothing recorded is lost.',
  )
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
