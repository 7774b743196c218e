import { existsSync, globSync } from 'node:fs'
import { join } from 'node:path'

/** The states that a pattern with `*` stands for, in the order of their numbers. */
export function stateDirectories(pattern: string): string[] {
  return globSync(pattern)
    .filter((directory) => existsSync(join(directory, 'state.mdb')))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}
