import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { StateError } from '../errors.js'

/**
 * Refuses symbolic links created by another user, for the directory and its files: such a user could make this process write anywhere.
 * Links of this user and of root are followed.
 *
 * @throws StateError `LAGOON_STATE_FOREIGN_LINK`
 */
export function refuseForeignLinks(directory: string, files: readonly string[]): void {
  for (const path of [directory, ...files.map((file) => join(directory, file))]) {
    const stats = lstatSync(path, { throwIfNoEntry: false })
    if (!stats?.isSymbolicLink() || stats.uid === 0 || stats.uid === process.geteuid?.()) continue
    throw new StateError(
      'LAGOON_STATE_FOREIGN_LINK',
      `${path} is a symbolic link that user ${stats.uid} created`,
      'Remove the link, and use a data directory that no other user can write to.',
    )
  }
}
