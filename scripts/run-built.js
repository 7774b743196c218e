// Builds what is stale, quietly, then runs a program of the working tree with the arguments given:
// `node scripts/run-built.js apps/cli/bin/lagoon.js sync --help`. Standard output stays the program's own.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [program, ...args] = process.argv.slice(2)

const build = spawnSync('turbo', ['run', 'build', '--output-logs=errors-only', '--ui=stream'], {
  cwd: root,
  encoding: 'utf8',
})
if (build.status !== 0) {
  process.stderr.write(`${build.stdout ?? ''}${build.stderr ?? ''}${build.error?.message ?? ''}\n`)
  process.exit(1)
}

const child = spawn(process.execPath, [new URL(`../${program}`, import.meta.url).pathname, ...args], {
  stdio: 'inherit',
})
// A terminal sends Ctrl-C to the whole group: the child has it already. A signal sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!process.stdin.isTTY) child.kill(signal)
  })
}
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
