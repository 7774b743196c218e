import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { AttemptRunner, EndpointOptions } from '../src/index.js'
import { capCells } from '../src/s3/rate-cap.js'
import { CopierThread } from '../src/threads/copier-thread.js'
import { JobServer } from '../src/threads/job-server.js'
import type { FromThread, ThreadStart } from '../src/threads/messages.js'
import type { ThreadEvents } from '../src/threads/start-worker.js'

describe('a thread', () => {
  const start = {} as ThreadStart
  const runner: AttemptRunner = {
    run: async (attempt) => ({ ...(await attempt(undefined)), attempts: 1 }),
  }

  /** A thread of which a test says what it says. */
  function played(terminated: () => void = () => undefined) {
    let heard!: ThreadEvents
    const thread = new CopierThread(start, null, (_, events) => {
      heard = events
      return {
        postMessage: () => undefined,
        ref: () => undefined,
        unref: () => undefined,
        terminate: async () => terminated(),
      }
    })
    const report = (...messages: FromThread[]) =>
      heard.onReport({ messages, requests: { source: 0, destination: 0 } })
    return { thread, report, end: (cause: unknown) => heard.onEnd(cause) }
  }

  it('in which an attempt throws ends the job with an internal error', async () => {
    const { thread, report } = played()
    const copy = thread.copy({ key: 'k' }, 'k', runner, undefined)
    await setImmediate()
    report(['threw', 0, 0, new Error('a defect')], ['defect', 0, new Error('a defect')])
    await expect(copy).rejects.toThrow('a defect')
    expect(thread.jobs).toBe(0)
  })

  it('dies once, of the first cause', async () => {
    let terminations = 0
    const { thread, end } = played(() => terminations++)
    const copy = thread.copy({ key: 'k' }, 'k', runner, undefined)
    await setImmediate()
    end(new Error('out of memory'))
    end(undefined)
    await expect(copy).rejects.toThrow('out of memory')
    await expect(thread.copy({ key: 'l' }, 'l', runner, undefined)).rejects.toThrow('out of memory')
    expect(terminations).toBe(1)
  })

  it('receives jobs that have already ended without harm', async () => {
    const failure = { class: 'transient', side: 'source', code: 'c', message: 'm' } as const
    const messages: FromThread[] = []
    const options = { source: endpoint('from'), destination: endpoint('to') }
    const caps = { source: capCells(), destination: capCells() }
    const server = new JobServer({ options, hasLedger: false, caps }, (report) =>
      messages.push(...report.messages),
    )
    server.receive([['give-up', 7, 0, failure, 1], ['attempt', 7, 0, 0], ['runner-threw', 7, 0], ['close']])
    await setImmediate()
    await setImmediate()
    expect(messages).toEqual([['closed']])
  })
})

function endpoint(bucket: string): EndpointOptions {
  return { region: 'us-east-1', bucket, endpointUrl: 'http://127.0.0.1:9', proxy: 'none' }
}
