import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseStat, parseStatus } from '../src/measure/proc.js'
import { runMeasured } from '../src/measure/run-measured.js'

test("processor time is read after the last parenthesis, whatever the program's name", () => {
  const line =
    '42 (we ird) na) me) S 1 42 42 0 -1 4194304 500 0 0 0 123 45 678 90 20 0 11 0 100 1000 200 18446744073709551615'
  expect(parseStat(line)).toEqual({
    own: { userMs: 1230, systemMs: 450 },
    children: { userMs: 6780, systemMs: 900 },
  })
})

test('memory is read in bytes, and unknown when the kernel gives none', () => {
  const status = 'Name:\tnode\nVmPeak:\t  999 kB\nVmHWM:\t   2048 kB\nVmRSS:\t 10 kB\n'
  expect(parseStatus(status, 'VmHWM')).toBe(2 * 1024 * 1024)
  expect(parseStatus(status, 'VmRSS')).toBe(10 * 1024)
  expect(parseStatus('Name:\tkthreadd\n', 'VmHWM')).toBeNull()
})

describe('a measured run', () => {
  let directory: string
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  })
  afterEach(() => rm(directory, { recursive: true, force: true }))

  const node = (program: string, signal?: AbortSignal) =>
    runMeasured(
      { command: process.execPath, args: ['-e', program], env: { GREETING: 'hello' } },
      { directory, ...(signal ? { signal } : {}) },
    )

  test("keeps the program's output and exit status", async () => {
    const run = await node('console.log(process.env.GREETING); console.error("oops"); process.exit(3)')
    expect(run).toMatchObject({ exitCode: 3, signal: null, timedOut: false })
    expect(await readFile(run.stdoutFile, 'utf8')).toBe('hello\n')
    expect(await readFile(run.stderrFile, 'utf8')).toBe('oops\n')
  })

  test.runIf(process.platform === 'linux')(
    'counts the processor time of the program and of its children',
    async () => {
      const busy = 'const end = process.cpuUsage().user + 300000; while (process.cpuUsage().user < end);'
      const program = `${busy} require("node:child_process").execFileSync(process.execPath, ["-e", ${JSON.stringify(busy)}])`
      const run = await node(program)
      expect(run.exitCode).toBe(0)
      expect(run.cpuMs!).toBeGreaterThanOrEqual(590)
    },
  )

  test.runIf(process.platform === 'linux')('includes an early memory peak of the program', async () => {
    const program = 'let block = Buffer.alloc(200e6, 1); block = null; setTimeout(() => {}, 1000)'
    const run = await node(program)
    expect(run.peakMemoryBytes).toBeGreaterThan(200e6)
  })

  test('ends the program on abort', async () => {
    const stop = new AbortController()
    const running = node('setInterval(() => {}, 1000)', stop.signal)
    stop.abort()
    expect(await running).toMatchObject({ signal: 'SIGTERM', timedOut: false })
  })

  test('a missing program is an error, not a measurement', async () => {
    const invocation = { command: join(directory, 'absent'), args: [], env: {} }
    await expect(runMeasured(invocation, { directory })).rejects.toThrow(/ENOENT/)
  })
})
