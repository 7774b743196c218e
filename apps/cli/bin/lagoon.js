#!/usr/bin/env node
import module from 'node:module'
// Kept to what old versions of Node can parse: its first job is to say that they are too old.
const needed = 24
if (Number(process.versions.node.split('.')[0]) < needed) {
  process.stderr.write(
    `lagoon: Node.js ${needed} or newer is needed, this is ${process.version}. ` +
      `Install it from https://nodejs.org, or run \`npx -y node@${needed} ${process.argv[1]}\`. (LAGOON_CLI_NODE_TOO_OLD)\n`,
  )
  process.exitCode = 2
} else {
  // Compiled code is kept between starts, in the directory for temporary files: a seventh of what a start costs.
  module.enableCompileCache?.()
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
