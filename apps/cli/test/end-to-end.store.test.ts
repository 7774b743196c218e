import { storePair } from '@lagoon/testkit'
import { expect, test } from 'vitest'
import { holdingProxy } from './support/holding-proxy.js'
import { expectExit } from './support/expect-exit.js'
import { makeJob } from './support/job.js'
import { summaryOf } from './support/summary-of.js'

const { source, destination } = storePair()
const once = (writes: ReadonlyMap<string, number>) => [...writes.values()].every((times) => times === 1)

test('a full sync copies every object, and the same command again copies nothing', async () => {
  const job = await makeJob({ source, destination, objects: 150, manifests: 3, sizes: 'mixed' })
  const first = await job.run(['--json'])
  expectExit(first, 0)
  expect(summaryOf(first)).toMatchObject({
    completed: 150,
    skipped: 0,
    failed: 0,
    manifests: { completed: 3, skipped: 0, failed: 0 },
    interrupted: false,
  })
  expect(await job.compare()).toBe(150)
  const second = await job.run(['--json'])
  expectExit(second, 0)
  expect(summaryOf(second)).toMatchObject({
    completed: 0,
    skipped: 150,
    failed: 0,
    manifests: { completed: 0, skipped: 3, failed: 0 },
  })
  const writes = await job.writes()
  expect(writes.size).toBe(150)
  expect(once(writes)).toBe(true)
})

test('a dry run shows what a run would copy and changes neither store nor disk', async () => {
  const job = await makeJob({ source, destination, objects: 40 })
  const dry = await job.run(['--json', '--dry-run'])
  expectExit(dry, 0)
  expect(summaryOf(dry)).toMatchObject({ planned: 40, completed: 0, failed: 0 })
  expect((await job.writes()).size).toBe(0)
  const real = await job.run(['--json'])
  expect(summaryOf(real)).toMatchObject({ planned: 0, completed: 40 })
})

test('SIGINT finishes what is in flight, and resuming repeats no copy', async () => {
  const proxy = await holdingProxy(source.url)
  const job = await makeJob({
    source,
    destination,
    objects: 200,
    missing: { afterRow: 60, keys: ['data/gone'] },
  })
  const env = { LAGOON_SOURCE_ENDPOINT_URL: proxy.url }
  const stopped = await job.run(['--json', '--concurrency', '8'], {
    env,
    onEvent(event, child) {
      if (event.type === 'failure') {
        // What is in flight now stays in flight until the signal has been taken.
        proxy.hold()
        child.kill('SIGINT')
      }
      if (event.type === 'stopping') proxy.release()
    },
  })
  expectExit(stopped, 130)
  const first = summaryOf(stopped)
  expect(first).toMatchObject({ failed: 1, missing: 1, interrupted: true })
  expect(first.completed).toBeGreaterThan(0)
  expect(first.completed).toBeLessThan(200)
  expect((await job.writes()).size).toBe(first.completed)

  const resumed = await job.run(['--json'], { env })
  expectExit(resumed, 3)
  expect(summaryOf(resumed)).toMatchObject({
    completed: 200 - first.completed,
    skipped: first.completed,
    failed: 1,
    missing: 1,
    interrupted: false,
  })
  expect(await job.compare()).toBe(200)
  expect(once(await job.writes())).toBe(true)
})

test('SIGTERM does the same and ends with 143', async () => {
  const job = await makeJob({
    source,
    destination,
    objects: 120,
    missing: { afterRow: 30, keys: ['data/gone'] },
  })
  const stopped = await job.run(['--json', '--concurrency', '1'], {
    onEvent(event, child) {
      if (event.type === 'failure') child.kill('SIGTERM')
    },
  })
  expectExit(stopped, 143)
  const { completed, interrupted } = summaryOf(stopped)
  expect(interrupted).toBe(true)
  expect((await job.writes()).size).toBe(completed)
})

test('a second SIGINT ends the run although the store never responds, and records nothing for what was in flight', async () => {
  const proxy = await holdingProxy(source.url)
  const job = await makeJob({
    source,
    destination,
    objects: 120,
    missing: { afterRow: 40, keys: ['data/gone'] },
  })
  const env = { LAGOON_SOURCE_ENDPOINT_URL: proxy.url }
  const aborted = await job.run(['--json', '--concurrency', '8'], {
    env,
    onEvent(event, child) {
      if (event.type === 'failure') {
        proxy.hold()
        child.kill('SIGINT')
      }
      if (event.type === 'stopping') child.kill('SIGINT')
    },
  })
  expectExit(aborted, 130)
  const first = summaryOf(aborted)
  expect(first.interrupted).toBe(true)
  proxy.release()
  const resumed = await job.run(['--json'], { env })
  expect(summaryOf(resumed)).toMatchObject({
    completed: 120 - first.completed,
    skipped: first.completed,
    failed: 1,
  })
  expect(await job.compare()).toBe(120)
})

test('after kill -9 the same command finishes the job', async () => {
  const job = await makeJob({
    source,
    destination,
    objects: 150,
    missing: { afterRow: 50, keys: ['data/gone'] },
  })
  const killed = await job.run(['--json', '--concurrency', '2'], {
    onEvent(event, child) {
      if (event.type === 'failure') child.kill('SIGKILL')
    },
  })
  expect(killed.signal).toBe('SIGKILL')
  const resumed = await job.run(['--json'])
  expectExit(resumed, 3)
  const { completed, skipped, failed } = summaryOf(resumed)
  expect(completed + skipped + failed).toBe(151)
  expect(await job.compare()).toBe(150)
  const again = await job.run(['--json'])
  expect(summaryOf(again)).toMatchObject({ completed: 0, skipped: 150, failed: 1, missing: 1 })
})

test('with one object missing and one corrupt manifest the rest is copied, the counts are exact, exit 3', async () => {
  const job = await makeJob({
    source,
    destination,
    objects: 120,
    missing: { afterRow: 60, keys: ['data/gone'] },
  })
  await job.putAtSource('manifest/torn.parquet', 'PAR1 this is no manifest')
  const result = await job.run(['--json', '--report', 'run.jsonl'])
  expectExit(result, 3)
  expect(summaryOf(result)).toMatchObject({
    completed: 120,
    skipped: 0,
    failed: 1,
    missing: 1,
    manifests: { completed: 1, skipped: 0, failed: 1 },
    interrupted: false,
  })
  expect(result.events().filter(({ type }) => type === 'failure')).toMatchObject([{ key: 'data/gone' }])
  expect(result.stderr).toContain('manifest/torn.parquet')
  expect(await job.compare()).toBe(120)
})

test('a person sees what was copied, what failed, and what to type next', async () => {
  const job = await makeJob({
    source,
    destination,
    objects: 20,
    missing: { afterRow: 5, keys: ['data/\u001b[31mgone'] },
  })
  const result = await job.run(['--report', 'run.parquet'], { env: { LAGOON_LOG_FORMAT: 'text' } })
  expectExit(result, 3)
  const { stdout, stderr } = result
  expect(stdout).toMatch(/^Copied 20 objects, /)
  expect(stdout).toContain('Failed 1, 1 of them missing at the source.')
  expect(stdout).toContain('Restore the missing objects at the source')
  expect(stdout).toContain('Report of this run: run.parquet')
  expect(stderr).toContain('data/\\x1b[31mgone')
  expect(stdout + stderr).not.toContain('\u001b')
})
