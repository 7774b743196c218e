import { readdirSync } from 'node:fs'
import { expect, test } from 'vitest'
import { makeSampleDataset } from '../src/demo/sample-dataset.js'
import { expectExit } from './support/expect-exit.js'
import { runCli, startCli } from './support/run-cli.js'
import { runInProcess } from './support/run-in-process.js'
import { temporaryDirectory } from './support/temporary-directory.js'

test('the demo syncs, stops halfway, resumes without repeating a copy, and leaves nothing behind', async () => {
  const directory = temporaryDirectory()
  const result = await runCli({
    args: ['demo', '--json'],
    cwd: directory,
    env: { TMPDIR: directory, NODE_DISABLE_COMPILE_CACHE: '1' },
  })
  expectExit(result, 0)
  const last = result.events().at(-1)!
  expect(last).toMatchObject({ type: 'demo', objects: 2000, manifests: 2, copiedTwice: 0, compared: 2000 })
  const before = last.copiedBeforeStop as number
  expect(before).toBeGreaterThan(0)
  expect(before).toBeLessThan(2000)
  expect(last).toMatchObject({ skippedAfterResume: before, copiedAfterResume: 2000 - before })
  expect(result.events().filter(({ type }) => type === 'start')).toHaveLength(2)
  expect(readdirSync(directory)).toEqual([])
})

test('a person sees what the demo did and what to type next, whatever their own configuration is', async () => {
  const directory = temporaryDirectory()
  const env = { LAGOON_SOURCE_BUCKET: 'mine', LAGOON_MAX_ATTEMPTS: 'nonsense' }
  const { code, stdout, stderr } = await runCli({ args: ['demo'], cwd: directory, env })
  expect({ code, stderr }).toMatchObject({ code: 0 })
  expect(stderr).toContain('The run stops halfway')
  expect(stdout).toMatch(/^The demo finished in /)
  expect(stdout).toContain('none twice')
  expect(stdout).toMatch(/lagoon init {2,}enter your two stores/)
})

test('the demo can be interrupted, and leaves nothing behind then either', async () => {
  const directory = temporaryDirectory()
  const { done } = startCli({
    args: ['demo', '--json'],
    cwd: directory,
    env: { TMPDIR: directory, NODE_DISABLE_COMPILE_CACHE: '1' },
    onEvent(event, child) {
      if (event.type === 'start') child.kill('SIGINT')
    },
  })
  const result = await done
  expectExit(result, 130)
  expect(result.events().at(-1)).toEqual({ type: 'demo', interrupted: true })
  expect(readdirSync(directory)).toEqual([])
})

test('the sample lake has mixed sizes and distinct keys', () => {
  const lake = makeSampleDataset(2000)
  const sizes = lake.objects.map(({ body }) => body.length)
  expect(Math.min(...sizes)).toBe(0)
  expect(Math.max(...sizes)).toBeGreaterThan(5_000_000)
  expect(new Set(lake.objects.map(({ key }) => key)).size).toBe(2000)
})

test('the demo with workers kills one of them, compares every object, and leaves nothing behind', async () => {
  const directory = temporaryDirectory()
  const result = await runCli({
    args: ['demo', '--workers', '3', '--json'],
    cwd: directory,
    env: { TMPDIR: directory, NODE_DISABLE_COMPILE_CACHE: '1', HOME: process.env.HOME },
  })
  expectExit(result, 0)
  const last = result.events().at(-1)!
  expect(last).toMatchObject({
    type: 'demo',
    objects: 1000,
    workers: 3,
    killed: 1,
    recorded: 1000,
    compared: 1000,
  })
  // What one worker had in flight, and what ended in the second since its last record.
  expect(last.copiedTwice as number).toBeLessThan(500)
  expect(readdirSync(directory)).toEqual([])
})

test('without a NATS server the demo with workers says how to get one', async () => {
  const directory = temporaryDirectory()
  const nowhere = { PATH: directory, GOPATH: directory, XDG_CACHE_HOME: directory, TMPDIR: directory }
  await expect(runInProcess(['demo', '--workers', '2'], nowhere)).rejects.toMatchObject({
    code: 'LAGOON_CLI_MISSING_SETTING',
    message: 'the demo with several workers needs a NATS server, and there is no nats-server on the PATH',
    hint: expect.stringContaining('go install github.com/nats-io/nats-server/v2@'),
  })
})
