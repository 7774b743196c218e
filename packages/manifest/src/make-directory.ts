import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Creates a directory and its parents. Not with `mkdir` and `recursive`, which never returns if the parent exists but refuses entries
 * as if it didn't (`/proc`: ENOENT; seen with Node 20 and 24). Throws the error of the file system.
 */
export async function makeDirectory(directory: string): Promise<void> {
  try {
    await mkdir(directory)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    const above = dirname(directory)
    if (code !== 'ENOENT' || above === directory) throw error
    await makeDirectory(above)
    await mkdir(directory).catch((again: NodeJS.ErrnoException) => {
      if (again.code !== 'EEXIST') throw again
    })
  }
}
