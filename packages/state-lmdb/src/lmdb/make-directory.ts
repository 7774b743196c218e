import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Creates a directory and its parents. Not with `mkdirSync` and `recursive`: that never returns if the parent exists but refuses
 * entries as if it didn't (`/proc`: ENOENT; seen with Node 20 and 24).
 *
 * @throws the error of the file system
 */
export function makeDirectory(directory: string): void {
  if (makeOne(directory)) return
  const above = dirname(directory)
  if (above !== directory) makeDirectory(above)
  if (!makeOne(directory)) throw notMade(directory)
}

/** True if the directory exists now, false if its parent does not. */
function makeOne(directory: string): boolean {
  try {
    mkdirSync(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return false
    if (code !== 'EEXIST') throw error
  }
  return true
}

function notMade(directory: string): Error {
  return Object.assign(new Error(`ENOENT: no directory can be made at '${directory}'`), { code: 'ENOENT' })
}
