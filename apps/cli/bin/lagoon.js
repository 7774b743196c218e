#!/usr/bin/env node
import { lstatSync, mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { join } from 'node:path'
// Kept to what old versions of Node can parse: its first job is to say that they are too old.
const needed = '22.15'
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 15)) {
  process.stderr.write(
    `lagoon: Node.js ${needed} or newer is needed, this is ${process.version}. ` +
      `Install it from https://nodejs.org, or run \`npx -y node@24 ${process.argv[1]}\`. (LAGOON_CLI_NODE_TOO_OLD)\n`,
  )
  process.exitCode = 2
} else {
  keepCompiledCode()
  import('../dist/index.js').then(
    ({ main }) => main(process.argv.slice(2)),
    (error) => {
      const notBuilt = error.code === 'ERR_MODULE_NOT_FOUND' && /dist.index\.js/.test(error.message)
      process.stderr.write(
        notBuilt
          ? 'lagoon: this working tree is not built. Run `npx -y pnpm@12 build` first. (LAGOON_CLI_NOT_BUILT)\n'
          : `lagoon: ${error.stack}\n`,
      )
      process.exitCode = notBuilt ? 2 : 1
    },
  )
}

/**
 * Compiled code is kept between starts: a seventh of what a start costs. In a directory of the user alone: in the system's temporary
 * directory anybody could plant code that is run from there.
 */
function keepCompiledCode() {
  try {
    const directory = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'lagoon', 'compiled')
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { uid, mode } = lstatSync(directory)
    const ours = uid === process.getuid?.() && (mode & 0o170077) === 0o040000
    if (ours) module.enableCompileCache?.(directory)
  } catch {
    // A home that can't be written to costs the cache.
  }
}
