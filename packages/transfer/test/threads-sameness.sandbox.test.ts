import type { FaultAction } from '@lagoon/s3-sandbox'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type AttemptRunner, type CopyResult } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const FAULTS: readonly (FaultAction | null)[] = [
  null,
  { type: 'error', code: 'SlowDown' },
  { type: 'reset-response', atByte: 1000 },
  { type: 'error', code: 'AccessDenied', status: 403 },
  { type: 'flip', atByte: 500 },
]

/** Sixty objects at once, most of them with a fault, a few missing. */
async function manyCopies(
  threads: number,
): Promise<{ results: CopyResult[]; requests: object; sent: object }> {
  const { source, destination, copier: make } = await sandboxPair()
  const keys = Array.from({ length: 60 }, (_, index) => `object ${index}`)
  for (const [index, key] of keys.entries()) {
    if (index % 11 === 10) continue
    await source.store.put('from', key, bodyOf(2000 + index * 3000, index))
    const action = FAULTS[index % FAULTS.length]!
    if (action !== null) source.faults.add({ operation: 'GetObject', key, times: 1 + (index % 4), action })
  }
  const copier = make({ threads })
  const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
  const results = await Promise.all(keys.map(async (key) => plain(await copier.copy({ key }, runner))))
  const sent = { source: source.requests.records.length, destination: destination.requests.records.length }
  return { results, requests: { ...copier.requests }, sent }
}

/** Of an error underneath, message and stack come over from another thread. */
function plain(result: CopyResult): CopyResult {
  if (result.ok || result.failure.cause === undefined) return result
  return { ...result, failure: { ...result.failure, cause: (result.failure.cause as Error).message } }
}

describe('one thread and several', () => {
  it('have the same results, object by object, and count every request', async () => {
    const one = await manyCopies(1)
    const three = await manyCopies(3)
    expect(three.results).toEqual(one.results)
    expect(one.requests).toEqual(one.sent)
    expect(three.requests).toEqual(three.sent)
  })

  it.each([1, 2])("reject with the runner's error, and continue: %i", async (threads) => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'abc')
    const copier = make({ threads })
    const before: AttemptRunner = { run: () => Promise.reject(new Error('no permit')) }
    await expect(copier.copy({ key: 'k' }, before)).rejects.toThrow('no permit')
    const after: AttemptRunner = {
      async run(attempt) {
        await attempt(undefined)
        throw new Error('no window')
      },
    }
    await expect(copier.copy({ key: 'k' }, after)).rejects.toThrow('no window')
    expect(await copier.copy({ key: 'k' }, createSimpleRunner())).toMatchObject({ ok: true, bytes: 3 })
  })

  it.each([1, 2])(
    'send no request for a job whose runner gives up before the first attempt: %i',
    async (threads) => {
      const { source, copier: make } = await sandboxPair()
      const failure = { class: 'aborted', side: 'source', code: 'Stopped', message: 'stopped' } as const
      const stopped: AttemptRunner = { run: async () => ({ ok: false, failure, attempts: 0 }) }
      expect(await make({ threads }).copy({ key: 'k' }, stopped)).toEqual({ ok: false, failure, attempts: 0 })
      expect(source.requests.records).toEqual([])
    },
  )

  it.each([1, 2])('fail a copy that begins after they were closed: %i', async (threads) => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'abc')
    const closed = { ok: false, failure: { class: 'transient', code: 'ConnectionClosed' } }
    const once = createSimpleRunner({ maxAttempts: 1 })
    const unused = make({ threads })
    await unused.close()
    expect(await unused.copy({ key: 'k' }, once)).toMatchObject(closed)
    const used = make({ threads })
    await used.copy({ key: 'k' }, once)
    await used.close()
    expect(await used.copy({ key: 'k' }, once)).toMatchObject(closed)
  })

  it.each([
    [1, 'commonjs'],
    [2, 'commonjs'],
    [2, 'module'],
  ])('keep no idle process alive: %i, used by %s', async (threads, type) => {
    const { source, destination } = await sandboxPair()
    await source.store.put('from', 'k', 'abc')
    const sides = [
      { endpointUrl: source.url, region: source.region, bucket: 'from', credentials: source.credentials },
      {
        endpointUrl: destination.url,
        region: 'us-east-1',
        bucket: 'to',
        credentials: destination.credentials,
      },
    ]
    const program = `
      ${type === 'module' ? "import * as transfer from '@lagoon/transfer'" : "const transfer = require('@lagoon/transfer')"}
      const { createCopier, createSimpleRunner } = transfer
      const [source, destination] = ${JSON.stringify(sides)}
      const copier = createCopier({ source, destination, threads: ${threads} })
      copier.copy({ key: 'k' }, createSimpleRunner()).then(({ ok }) => console.log(ok))
    `
    const { stdout } = await promisify(execFile)(process.execPath, [`--input-type=${type}`, '-e', program], {
      cwd: import.meta.dirname,
    })
    expect(stdout).toBe('true\n')
  })
})

describe('several threads', () => {
  it('are refused with options that are not plain data', async () => {
    const { source, copier: make } = await sandboxPair()
    const expiration = (() => new Date()) as unknown as Date
    const credentials = { ...source.credentials, expiration }
    const options = { ...sandboxOptions(source, 'from'), credentials }
    expect(() => make({ threads: 2, source: options })).toThrow(
      expect.objectContaining({
        code: 'LAGOON_TRANSFER_INVALID_OPTION',
        message: expect.stringContaining('threads'),
      }),
    )
  })
})
