import { expect, test } from 'vitest'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { startInTerminal, type Terminal } from './support/terminal.js'

const keys = Array.from({ length: 30 }, (_, index) => `data/${index}`)

/** A job whose last object waits at the source until it is let go. */
const heldJob = async (more: readonly string[] = []) => {
  const job = await sandboxJob()
  await job.putObjects(keys)
  const uris = [...more, ...keys]
  await job.putKeys('manifest/m.parquet', uris)
  return { job, hold: job.source.hold({ operation: 'GetObject', key: keys.at(-1)! }) }
}

const start = (
  job: SandboxJob,
  args: string[],
  {
    env,
    ...more
  }: { env?: Record<string, string>; columns?: number; rows?: number; scrollback?: number } = {},
): Terminal => startInTerminal({ args, cwd: job.directory, env: { ...job.env, ...env }, ...more })

// oxlint-disable-next-line no-control-regex -- colours are what it looks for
const colour = new RegExp('\\u001b\\[[0-9;]*m')

test('a terminal shows live progress, and the summary at the end', async () => {
  const { job, hold } = await heldJob()
  const terminal = start(job, ['--concurrency', '8'])
  await terminal.shows('29 of 30 objects')
  const [bar, speed, control] = terminal.screen().slice(-3)
  expect(bar).toMatch(/^ 96 % ━+─+ {2}29 of 30 objects · \d+ B · 0 of 1 manifests$/)
  expect(speed).toMatch(/objects\/s · .*\/s · .* elapsed$/)
  expect(control).toBe('concurrency 8, 1 in flight')
  expect(terminal.raw()).toMatch(colour)
  hold.release()
  expect(await terminal.exited).toBe(0)
  const screen = terminal.screen()
  expect(screen.filter((line) => line.includes('objects/s'))).toEqual([
    expect.stringMatching(/^Copied 30 objects, /),
  ])
  expect(screen.join('\n')).not.toContain('━')
})

test('log lines appear whole above the display', async () => {
  const { job, hold } = await heldJob(['data/gone-1', 'data/gone-2'])
  const terminal = start(job, ['--concurrency', '4'])
  await terminal.shows('2 failures: 2 NoSuchKey')
  hold.release()
  expect(await terminal.exited).toBe(3)
  const text = terminal.screen().join('')
  for (const key of ['data/gone-1', 'data/gone-2']) expect(text).toContain(`WARN: ${key}: `)
})

test('throttles, failures by their codes and a pause are on the screen', async () => {
  const { job, hold } = await heldJob(['data/gone'])
  job.destination.faults.add({
    operation: 'PutObject',
    times: 4,
    action: { type: 'error', code: 'SlowDown' },
  })
  const terminal = start(job, [])
  await terminal.shows(/^concurrency \d+, 1 in flight · 4 throttled/)
  await terminal.shows('1 failure: 1 NoSuchKey')
  expect((await job.run(['ctl', 'pause'])).code).toBe(0)
  await terminal.shows(/^paused · concurrency \d+/)
  await job.run(['ctl', 'resume'])
  hold.release()
  expect(await terminal.exited).toBe(3)
})

test('thousands of log lines neither break the display nor redraw it for each of them', async () => {
  const gone = Array.from({ length: 3000 }, (_, index) => `data/gone-${String(index).padStart(4, '0')}`)
  const { job, hold } = await heldJob(gone)
  const terminal = start(job, ['--concurrency', '64', '--log-level', 'DEBUG'], {
    rows: 20,
    columns: 200,
    scrollback: 10_000,
  })
  await terminal.shows('3,000 failures: 3,000 NoSuchKey')
  const screen = terminal.screen()
  const logged = screen.map((line) => /^\[[\d:]+\] \w+: (data\/gone-\d+): .* 1 attempt\)$/.exec(line)?.[1])
  expect(logged.filter((key) => key !== undefined).sort()).toEqual(gone)
  // The display is on the screen once, at its foot.
  expect(screen.filter((line) => line.includes('objects/s'))).toHaveLength(1)
  expect(screen.at(-1)).toMatch(/^3,000 failures/)
  expect(terminal.raw().split('in flight').length).toBeLessThan(gone.length / 4)
  hold.release()
  expect(await terminal.exited).toBe(3)
})

test('Ctrl-C is acknowledged on the screen, and what is in flight is finished', async () => {
  const { job, hold } = await heldJob()
  const terminal = start(job, ['--concurrency', '40'])
  await hold.arrived()
  await terminal.shows('in flight')
  terminal.type('\u0003')
  await terminal.shows('a second signal aborts')
  hold.release()
  expect(await terminal.exited).toBe(130)
  await terminal.shows('Resume: lagoon --concurrency 40')
})

test('no line of the display wraps on a narrow terminal, even after it got narrower', async () => {
  const { job, hold } = await heldJob()
  const terminal = start(job, ['--log-level', 'ERROR'], { columns: 34 })
  await terminal.shows('29 of 30 objects')
  for (const line of terminal.screen()) expect(line.length).toBeLessThan(34)
  expect(terminal.screen()).toHaveLength(3)
  terminal.resize(24, 30)
  await terminal.shows(/^29 of 30 objects|^96 % · 29 of 30/)
  hold.release()
  expect(await terminal.exited).toBe(0)
})

test('NO_COLOR turns off colours, not the display', async () => {
  const { job, hold } = await heldJob()
  const terminal = start(job, [], { env: { NO_COLOR: '1' } })
  await terminal.shows('29 of 30 objects')
  hold.release()
  expect(await terminal.exited).toBe(0)
  expect(terminal.raw()).not.toMatch(colour)
})

test('no key can send escape sequences to the terminal', async () => {
  const { job, hold } = await heldJob(['\u001b]0;owned\u0007', '\u001b[2Jcleared', 'a\r\nb'])
  hold.release()
  const terminal = start(job, [])
  expect(await terminal.exited).toBe(3)
  expect(terminal.titles).toEqual([])
  expect(terminal.raw()).not.toContain('\u001b[2J')
  await terminal.shows('\\x1b[2Jcleared')
})
