import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, connect } from 'node:net'
import { once } from 'node:events'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { filledJob } from './support/filled-job.js'
import type { CliResult, JsonEvent } from './support/run-cli.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

/** A run that is held with its first objects in flight until `release`. */
async function heldRun(
  args: readonly string[] = ['--concurrency', '2'],
  env: Record<string, string> = {},
  job?: SandboxJob,
) {
  const ours = job ?? (await filledJob(12))
  const hold = ours.source.hold({ operation: 'GetObject', keyPrefix: 'data/' })
  const events: JsonEvent[] = []
  const waiting = new Map<string, (event: JsonEvent) => void>()
  const { child, done } = ours.start(['--json', ...args], {
    env,
    onEvent(event) {
      events.push(event)
      waiting.get(event.type)?.(event)
    },
  })
  await hold.arrived(1)
  return {
    job: ours,
    child,
    done,
    events,
    socket: join(env.LAGOON_DATA_DIR ?? ours.env.LAGOON_DATA_DIR!, 'control.sock'),
    release: () => hold.release(),
    /** The next event of a type that was not told yet when this is called. */
    next: (type: string) => new Promise<JsonEvent>((resolve) => waiting.set(type, resolve)),
    ctl: (...words: string[]) => ours.run(['ctl', ...words, '--json'], { env }),
  }
}

const answerOf = (result: CliResult) => {
  expectExit(result, 0)
  return result.events().at(-1)!
}

test('another process of the same user can pause, change, inspect and resume a run', async () => {
  const run = await heldRun()
  expect(statSync(run.socket).mode & 0o777).toBe(0o600)
  const paused = run.next('paused')
  expect(answerOf(await run.ctl('pause'))).toMatchObject({
    type: 'control',
    pid: run.child.pid,
    control: { pausedBy: ['operator'] },
  })
  expect(await paused).toEqual({ type: 'paused', reason: 'lagoon ctl' })
  run.release()
  // What was in flight ends, and nothing begins: a progress event later there are still two.
  let progress = await run.next('progress')
  while (progress.inFlight !== 0) progress = await run.next('progress')
  expect(progress).toMatchObject({ paused: true, completed: 2 })
  expect(run.job.copied()).toHaveLength(2)

  const status = await run.job.run(['status'])
  expect(status.stdout).toContain('A run is paused by the operator')
  expect(answerOf(await run.ctl('set', 'concurrency=5', 'max-bytes-per-second=1GB'))).toMatchObject({
    control: { limits: { maxConcurrency: 5, maxBytesPerSecond: 1_000_000_000 } },
  })
  expect(answerOf(await run.ctl('status'))).toMatchObject({ progress: { limit: expect.any(Number) } })
  expect(answerOf(await run.ctl('resume'))).toMatchObject({ control: { pausedBy: [] } })
  const result = await run.done
  expectExit(result, 0)
  expect(summaryOf(result)).toMatchObject({ completed: 12, interrupted: false })
  expect(result.events()).toContainEqual({
    type: 'limits',
    maxConcurrency: 5,
    maxBytesPerSecond: 1_000_000_000,
    reason: 'lagoon ctl',
  })
  expect(existsSync(run.socket)).toBe(false)
})

test('invalid changes are refused and change nothing', async () => {
  const run = await heldRun()
  const refused = async (...words: string[]) => (await run.ctl(...words)).events().at(-1)!
  expect(await refused('set', 'max-concurrency=8')).toMatchObject({ code: 'LAGOON_CLI_CONFLICT' })
  expect(await refused('set', 'data-dir=x')).toMatchObject({ code: 'LAGOON_CLI_USAGE' })
  const socket = connect(run.socket).end('{"command":"rm -rf"}\n')
  expect(JSON.parse(await text(socket))).toMatchObject({ ok: false, code: 'LAGOON_CLI_CONTROL' })
  expect((await refused('status')).control).toMatchObject({ limits: { maxConcurrency: 2 }, pausedBy: [] })
  run.release()
  expectExit(await run.done, 0)
})

test('a paused run that is stopped ends, and says so', async () => {
  const run = await heldRun()
  await run.ctl('pause')
  run.release()
  run.child.kill('SIGTERM')
  const result = await run.done
  expectExit(result, 143)
  expect(summaryOf(result)).toMatchObject({ completed: 2, interrupted: true })
})

test('without a run there is nothing to change; a stale socket of a killed run is replaced', async () => {
  const job = await filledJob(12)
  const none = await job.run(['ctl', 'pause'])
  expectExit(none, 2)
  expect(none.stderr).toMatch(/^lagoon: no run is active on .*\(LAGOON_CLI_NO_RUN\)\n$/)

  const killed = await heldRun(['--concurrency', '2'], {}, job)
  killed.child.kill('SIGKILL')
  await killed.done
  expect(existsSync(killed.socket)).toBe(true)
  expectExit(await job.run(['ctl', 'pause']), 2)
  killed.release()

  const next = await heldRun(['--concurrency', '2'], {}, job)
  expect(answerOf(await next.ctl('status'))).toMatchObject({ pid: next.child.pid })
  next.release()
  expectExit(await next.done, 0)
})

test('a data directory with a long path still has a socket', async () => {
  const job = await filledJob(12)
  const deep = join(job.directory, 'd'.repeat(100), 'e'.repeat(100))
  mkdirSync(dirname(deep))
  const run = await heldRun(['--concurrency', '1'], { LAGOON_DATA_DIR: deep }, job)
  expect(statSync(run.socket).mode & 0o777).toBe(0o600)
  expect(answerOf(await run.ctl('status'))).toMatchObject({ pid: run.child.pid })
  run.release()
  expectExit(await run.done, 0)
  expect(existsSync(run.socket)).toBe(false)
})

test('a socket that cannot be created is a warning, and the run continues', async () => {
  const job = await filledJob(12)
  mkdirSync(join(job.env.LAGOON_DATA_DIR!, 'control.sock', 'inside'), { recursive: true })
  const result = await job.run(['--json'])
  expectExit(result, 0)
  expect(result.events()).toContainEqual(
    expect.objectContaining({ type: 'warning', code: 'LAGOON_CLI_CONTROL' }),
  )
})

test('a run that does not respond is told apart from a missing one', async () => {
  const job = await sandboxJob()
  mkdirSync(job.env.LAGOON_DATA_DIR!)
  const path = join(job.env.LAGOON_DATA_DIR!, 'control.sock')
  const mute = createServer((socket) => socket.destroy()).listen(path)
  await once(mute, 'listening')
  const result = await job.run(['ctl', 'status'])
  expectExit(result, 2)
  expect(result.stderr).toContain('does not answer')
  mute.close()
  rmSync(path, { force: true })
})

test.skipIf(process.getuid?.() !== 0)('another user reaches neither the socket nor the run', async () => {
  const run = await heldRun()
  const program = `require('node:net').connect(${JSON.stringify(run.socket)})
    .on('connect', () => console.log('connected')).on('error', (error) => console.log(error.code))`
  // Everything on the way is open to others: only the socket's own mode keeps them out.
  for (let path = dirname(run.socket); path !== '/tmp' && path !== '/'; path = dirname(path)) {
    spawnSync('chmod', ['a+rx', path])
  }
  const stranger = spawnSync('/proc/self/exe', ['-e', program], {
    argv0: 'node',
    uid: 65_534,
    gid: 65_534,
    encoding: 'utf8',
  })
  expect(stranger.stdout.trim()).toBe('EACCES')
  run.release()
  expectExit(await run.done, 0)
})

test('SIGHUP reloads .env: changeable settings apply, the others are named', async () => {
  const job = await filledJob(12)
  writeFileSync(join(job.directory, '.env'), 'LAGOON_MAX_CONCURRENCY=2\nLAGOON_MIN_CONCURRENCY=2\n')
  const run = await heldRun([], {}, job)
  const reload = async (env: string) => {
    writeFileSync(join(job.directory, '.env'), env)
    const told = run.next('reloaded')
    run.child.kill('SIGHUP')
    return told
  }
  expect(
    await reload(
      'LAGOON_MAX_CONCURRENCY=9\nLAGOON_MIN_CONCURRENCY=4\nLAGOON_MAX_ATTEMPTS=7\nLAGOON_LOG_LEVEL=debug\n',
    ),
  ).toEqual({
    type: 'reloaded',
    applied: ['min-concurrency', 'max-concurrency', 'log-level'],
    needRestart: ['max-attempts'],
  })
  expect(answerOf(await run.ctl('status')).control).toMatchObject({
    limits: { minConcurrency: 4, maxConcurrency: 9 },
    logLevel: 'DEBUG',
  })
  const warned = run.next('warning')
  writeFileSync(join(job.directory, '.env'), 'LAGOON_MAX_CONCURRENCY=many\n')
  run.child.kill('SIGHUP')
  expect(await warned).toMatchObject({
    message: expect.stringContaining('LAGOON_MAX_CONCURRENCY in .env is "many"'),
  })
  run.release()
  expectExit(await run.done, 0)
})

test('a schedule applies from the beginning, and ctl removes it', async () => {
  const run = await heldRun([
    '--max-concurrency',
    '50',
    '--schedule',
    '00:00-24:00 1, 1MB/s',
    '--schedule-time-zone',
    'UTC',
  ])
  expect(answerOf(await run.ctl('status')).control).toEqual({
    pausedBy: [],
    limits: {
      minConcurrency: 1,
      maxConcurrency: 1,
      maxBytesPerSecond: 1_000_000,
      maxRequestsPerSecond: null,
    },
    schedule: { text: '00:00-24:00 1, 1MB/s', timeZone: 'UTC', now: '00:00-24:00 1, 1MB/s' },
    logLevel: 'INFO',
  })
  expect(run.events[0]).toMatchObject({ type: 'start' })
  const shown = await run.job.run(['ctl', 'set', 'schedule=none'])
  expectExit(shown, 0)
  expect(shown.stdout).toContain('Limits: 1 to 50 in flight.')
  run.release()
  expectExit(await run.done, 0)
})

test.each([
  [['--schedule', 'at night'], '--schedule: "at night" is not an entry'],
  [['--schedule', '00:00-24:00 8', '--schedule-time-zone', 'Mars'], 'unknown time zone "Mars"'],
])('an invalid schedule is refused before anything is done: %j', async (args, message) => {
  const job = await sandboxJob()
  const result = await job.run(args)
  expectExit(result, 2)
  expect(result.stderr).toContain(message)
})
