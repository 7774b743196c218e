import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { filledJob } from './support/filled-job.js'
import { summaryOf } from './support/summary-of.js'

const fourInFlight = { operation: 'GetObject', keyPrefix: 'data/' } as const

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  'a first %s starts no new key, finishes what is in flight, and exits with %d',
  async (signal, code) => {
    const job = await filledJob(40)
    const hold = job.source.hold(fourInFlight)
    const { child, done } = job.start(['--json', '--concurrency', '4'], {
      onEvent(event) {
        if (event.type === 'stopping') hold.release()
      },
    })
    await hold.arrived(4)
    child.kill(signal)
    const result = await done
    expectExit(result, code)
    expect(summaryOf(result)).toMatchObject({ completed: 4, failed: 0, interrupted: true })
    expect(job.copied()).toHaveLength(4)
    const resumed = await job.run(['--json'])
    expectExit(resumed, 0)
    expect(summaryOf(resumed)).toMatchObject({ completed: 36, skipped: 4 })
    expect(job.destination.requests.byOperation.PutObject).toBe(40)
  },
)

test.each([
  ['SIGINT', 'SIGINT', 130],
  ['SIGINT', 'SIGTERM', 143],
  ['SIGTERM', 'SIGINT', 130],
] as const)('%s and then %s aborts what is in flight and exits with %d', async (first, second, code) => {
  const job = await filledJob(40)
  const hold = job.source.hold(fourInFlight)
  const { child, done } = job.start(['--json', '--concurrency', '4'], {
    onEvent(event) {
      if (event.type === 'stopping') child.kill(second)
    },
  })
  await hold.arrived(4)
  child.kill(first)
  const result = await done
  expectExit(result, code)
  expect(summaryOf(result)).toMatchObject({ completed: 0, failed: 0, interrupted: true })
  hold.release()
  const resumed = await job.run(['--json'])
  expect(summaryOf(resumed)).toMatchObject({ completed: 40, skipped: 0, failed: 0 })
})

test('a signal while the stores are tested ends the program immediately', async () => {
  const job = await filledJob(40)
  const hold = job.source.hold()
  const { child, done } = job.start(['--json'])
  await hold.arrived()
  child.kill('SIGINT')
  const result = await done
  expectExit(result, 130)
  expect(summaryOf(result)).toMatchObject({ completed: 0, interrupted: true })
})

test('a signal while manifests are listed ends the run as a stopped one', async () => {
  const job = await filledJob(40)
  const hold = job.source.hold({ operation: 'ListObjectsV2' })
  const { child, done } = job.start(['--json'], {
    onEvent(event) {
      if (event.type === 'stopping') hold.release()
    },
  })
  await hold.arrived()
  child.kill('SIGTERM')
  const result = await done
  expectExit(result, 143)
  expect(summaryOf(result)).toMatchObject({ completed: 0, interrupted: true })
})

test.each(['plan', 'verify'])('a %s that ends before it began shows no figures', async (command) => {
  const job = await filledJob(1)
  const hold = job.source.hold()
  const { child, done } = job.start([command, '--json'])
  await hold.arrived()
  child.kill('SIGINT')
  const result = await done
  expectExit(result, 130)
  expect(result.stdout).toBe('')
})

test('a reader that leaves after the first event stops nothing: all is copied, and the exit code shows the lost events', async () => {
  const job = await filledJob(40)
  const { child, done } = job.start(['--json'])
  child.stdout!.once('data', () => child.stdout!.destroy())
  expectExit(await done, 3)
  expect(job.copied()).toHaveLength(40)
})

test('stdout carries events and nothing else, stderr no events', async () => {
  const job = await filledJob(40)
  const result = await job.run(['--json', '--log-level', 'DEBUG', '--log-format', 'text'])
  expectExit(result, 0)
  const types = result.events().map(({ type }) => type)
  expect(types[0]).toBe('start')
  expect(types.at(-1)).toBe('summary')
  expect(types.filter((type) => type === 'summary')).toHaveLength(1)
  expect(result.stderr).not.toContain('{"')
})

test('a second signal ends a verification immediately, with its figures', async () => {
  const job = await filledJob(40)
  const hold = job.source.hold({ operation: 'HeadObject' })
  const { child, done } = job.start(['verify', '--json', '--concurrency', '4'], {
    onEvent(event) {
      if (event.type === 'stopping') child.kill('SIGTERM')
    },
  })
  await hold.arrived(4)
  child.kill('SIGINT')
  const result = await done
  expectExit(result, 143)
  expect(result.events().at(-1)).toMatchObject({ type: 'verification', same: 0, interrupted: true })
})

test('a second signal ends the program even if something hangs: a watchdog does not wait', async () => {
  const shutdown = new URL('../src/program/shutdown.ts', import.meta.url).href
  const hanging = `
    import { registerHooks } from 'node:module'
    registerHooks({ resolve: (name, context, next) => next(name.replace(/^(\\.\\.?\\/.*)\\.js$/, '$1.ts'), context) })
    const { installShutdown } = await import(${JSON.stringify(shutdown)})
    const { drain } = installShutdown({ drains: () => true, lastWords: () => console.log('last words') })
    drain.addEventListener('abort', () => console.log('draining'))
    setInterval(() => {}, 60_000)
    console.log('hanging')`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', hanging])
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text
    if (text.includes('hanging')) child.kill('SIGINT')
    if (text.includes('draining')) child.kill('SIGTERM')
  })
  const [code] = (await once(child, 'close')) as [number]
  expect({ code, said }).toEqual({ code: 143, said: 'hanging\ndraining\nlast words\n' })
})
