import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, test } from 'vitest'

const program = fileURLToPath(new URL('../bin/lagoon-bench.js', import.meta.url))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Starts the bench with its own folder for temporary files, and sends it a signal after its first output. */
async function interrupt(args: string[], word: RegExp, signal: NodeJS.Signals) {
  const child = spawn(process.execPath, [program, ...args, '--out', join(folder, 'out')], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  let sent = false
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (sent || !word.test(said)) return
    sent = true
    child.kill(signal)
  })
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, said }
}

/** Temporary files of the bench; Node's own compile cache may stay. */
const leftBehind = async () => (await readdir(folder)).filter((name) => name.startsWith('lagoon-'))

const slow =
  '--stores sandbox --latency-ms 200 --workload small --objects 300 --concurrency 1 --warm-up 0'.split(' ')

test('Ctrl-C ends the run, stops the servers and leaves no temporary file', async () => {
  const { code, said } = await interrupt(
    ['throughput', ...slow, '--no-controller'],
    /making 300 objects/,
    'SIGINT',
  )
  expect(code).toBe(130)
  expect(said).toContain('stopped by SIGINT')
  // Standard error closes when no server is left that holds it.
  expect(await leftBehind()).toEqual([])
})

test('a stopped tuning says how to continue', async () => {
  const flags = '--stores sandbox --latency-ms 200 --objects 300 --probes 1,2 --probe-seconds 3'.split(' ')
  const { code, said } = await interrupt(['tune', ...flags], /\] probe at 1:/, 'SIGTERM')
  expect(code).toBe(143)
  expect(said).toContain('--resume')
  expect(await readdir(join(folder, 'out'))).toEqual(['tune-stopped.json'])
  expect(await leftBehind()).toEqual([])
})
