import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, type AttemptRunner } from '../src/index.js'
import { capCells } from '../src/s3/rate-cap.js'
import { CopierThread } from '../src/threads/copier-thread.js'
import { JobServer } from '../src/threads/job-server.js'
import type { StartThread } from '../src/threads/start-worker.js'
import { untilFirstPart } from './support/interrupted-upload.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

/** Both ends in this thread: what crosses over is cloned, as between threads. */
const startHere: StartThread = (start, events) => {
  const server = new JobServer(start, (report) => events.onReport(structuredClone(report)))
  return {
    postMessage: (messages) => server.receive(structuredClone(messages)),
    ref: () => undefined,
    unref: () => undefined,
    terminate: async () => events.onEnd(undefined),
  }
}

async function pairWithThread() {
  const pair = await sandboxPair()
  const records = new Map<string, object>()
  const uploads = {
    put: (key: string, value: object) => void records.set(key, value),
    get: (key: string) => records.get(key),
    delete: (key: string) => void records.delete(key),
  }
  const options = {
    source: sandboxOptions(pair.source, 'from'),
    destination: sandboxOptions(pair.destination, 'to'),
  }
  const caps = { source: capCells(), destination: capCells() }
  const thread = new CopierThread({ options, hasLedger: true, caps }, uploads, startHere)
  onTestFinished(() => thread.close())
  return { ...pair, records, thread }
}

describe('the two ends of a copy thread', () => {
  it('copy an object that fails at first, and report the number of attempts', async () => {
    const { source, destination, thread } = await pairWithThread()
    await source.store.put('from', 'k', bodyOf(5000))
    source.faults.add({ operation: 'GetObject', action: { type: 'reset-response', atByte: 100 }, times: 2 })
    thread.limitTraffic({ maxRequestsPerSecond: 1000 })
    const result = await thread.copy({ key: 'k', sizeBytes: 5000 }, 'there', runner, undefined)
    expect(result).toMatchObject({ ok: true, bytes: 5000, verification: 'etag', attempts: 3 })
    expect((await destination.store.get('to', 'there'))!.bytes.equals(bodyOf(5000))).toBe(true)
    thread.limitTraffic({ maxRequestsPerSecond: null })
    expect(thread.requests).toEqual({ source: 3, destination: 1 })
  })

  it('say why an object cannot be copied if the runner gives up', async () => {
    const { source, thread } = await pairWithThread()
    await source.store.put('from', 'k', 'abc')
    source.faults.add({ operation: 'GetObject', action: { type: 'reset-response', atByte: 'headers' } })
    expect(await thread.copy({ key: 'k' }, 'k', runner, undefined)).toMatchObject({
      ok: false,
      attempts: 3,
      failure: { class: 'transient', code: 'ConnectionReset', cause: expect.any(Error) },
    })
    expect(await thread.copy({ key: 'none', versionId: 'v' }, 'k', runner, undefined)).toMatchObject({
      ok: false,
    })
  })

  it('keep a stopped upload in the ledger, and resume it', async () => {
    const { source, destination, records, thread } = await pairWithThread()
    const body = bodyOf(11 * MIB)
    await putPartsInSandbox(source, 'from', 'k', body, 5 * MIB)
    const stop = new AbortController()
    const stopped = await thread.copy({ key: 'k' }, 'k', untilFirstPart(stop), stop.signal)
    expect(stopped).toMatchObject({ ok: false, failure: { class: 'aborted' } })
    expect(records.get('k')).toMatchObject({ sourceKey: 'k', sizeBytes: body.length })
    expect(await thread.copy({ key: 'k' }, 'k', runner, undefined)).toMatchObject({
      ok: true,
      bytes: body.length,
    })
    expect(records.size).toBe(0)
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })

  it('end a job whose runner throws, in whatever part of it', async () => {
    const { source, thread } = await pairWithThread()
    await putPartsInSandbox(source, 'from', 'k', bodyOf(11 * MIB), 5 * MIB)
    let runs = 0
    const throwing: AttemptRunner = {
      async run(attempt) {
        if (++runs === 4) throw new Error('no permit')
        return { ...(await attempt(undefined)), attempts: 1 }
      },
    }
    await expect(thread.copy({ key: 'k' }, 'k', throwing, undefined)).rejects.toThrow('no permit')
    expect(thread.jobs).toBe(0)
  })
})
