import fc from 'fast-check'
import { getEventListeners } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { AttemptFailure, AttemptRunner } from '../src/index.js'
import type { ToThread } from '../src/threads/messages.js'
import { MessageBatch } from '../src/threads/message-batch.js'
import { plainFailure } from '../src/threads/serialize.js'
import { ReceivedSignals, SentSignals } from '../src/threads/signals.js'
import { Slots } from '../src/threads/slots.js'
import { ThreadJob, type JobThread } from '../src/threads/thread-job.js'

describe('messages between threads', () => {
  it('is one message per turn of the event loop, in order', async () => {
    const posted: number[][] = []
    const batch = new MessageBatch<number>((messages) => posted.push(messages))
    batch.put(1)
    await Promise.resolve()
    batch.put(2)
    expect(posted).toEqual([])
    await setImmediate()
    batch.put(3)
    await setImmediate()
    expect(posted).toEqual([[1, 2], [3]])
  })
})

describe('the number of a job in progress', () => {
  it('finds it until it is over, and nothing afterwards, even if the number is reused', () => {
    const actions = fc.array(fc.oneof(fc.constant('add' as const), fc.nat(50)), { maxLength: 200 })
    fc.assert(
      fc.property(actions, (all) => {
        const slots = new Slots<object>()
        const under: { number: number; item: object }[] = []
        const over: number[] = []
        for (const action of all) {
          if (action === 'add' || under.length === 0) {
            const item = {}
            under.push({ number: slots.add(item), item })
          } else {
            const { number } = under.splice(action % under.length, 1)[0]!
            slots.delete(number)
            over.push(number)
          }
          expect(slots.size).toBe(under.length)
          expect(new Set(slots.values())).toEqual(new Set(under.map(({ item }) => item)))
          for (const { number, item } of under) expect(slots.get(number)).toBe(item)
          for (const number of over) expect(slots.get(number)).toBeUndefined()
        }
      }),
    )
  })
})

describe('a signal that another thread follows', () => {
  it('has one listener for any number of followers, and is forgotten when unused', () => {
    const messages: ToThread[] = []
    const signals = new SentSignals((item) => messages.push(item))
    const stop = new AbortController()
    const { signal } = stop
    new SentSignals(() => undefined).use(signal)
    expect([signals.use(signal), signals.use(signal), signals.use(undefined)]).toEqual([1, 1, 0])
    expect(getEventListeners(signal, 'abort')).toHaveLength(1)
    signals.release(signal)
    expect(messages).toEqual([])
    signals.release(signal)
    expect(messages).toEqual([['forget', 1]])
    stop.abort()
    expect(messages).toHaveLength(1)
  })

  it('is aborted there when it is here, also if that was before', () => {
    const there = new ReceivedSignals()
    const signals = new SentSignals(([type, number]) => type === 'abort' && there.abort(number as number))
    const later = new AbortController()
    const number = signals.use(later.signal)
    expect(there.get(number)!.aborted).toBe(false)
    later.abort()
    expect(there.get(number)!.aborted).toBe(true)
    expect(there.get(signals.use(AbortSignal.abort()))!.aborted).toBe(true)
    expect(there.get(signals.use(undefined))).toBeUndefined()
  })
})

describe('a job that another thread copies', () => {
  function begin(runner: AttemptRunner) {
    const messages: ToThread[] = []
    const put = (item: ToThread): void => void messages.push(item)
    const thread: JobThread = { signals: new SentSignals(put), put, ended: null }
    const job = new ThreadJob(thread, { key: 'k' }, 'there', runner, undefined)
    return { messages, job, result: job.copy(7) }
  }

  it('is sent with its first attempt, once the runner grants that', async () => {
    const { promise: permit, resolve: grant } = Promise.withResolvers<void>()
    const { messages, job, result } = begin({
      async run(attempt) {
        await permit
        const ended = await attempt(undefined)
        return { ...ended, attempts: 1 }
      },
    })
    await setImmediate()
    expect(messages).toEqual([])
    grant()
    await setImmediate()
    expect(messages).toEqual([['job', 7, 'k', 'there', undefined, undefined, 0, 0]])
    job.attempted(0, { ok: true, value: undefined, bytes: 3, ttfbMs: 1 })
    const copied = { ok: true, bytes: 3, etag: 'e', verification: 'etag', attempts: 1 } as const
    job.done(copied)
    expect(await result).toBe(copied)
  })

  it('ends only when the runner has ended and released its permit', async () => {
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    const { job, result } = begin({
      async run(attempt) {
        const ended = await attempt(undefined)
        await released
        return { ...ended, attempts: 1 }
      },
    })
    await setImmediate()
    job.attempted(0, { ok: true, value: undefined, bytes: 0, ttfbMs: 1 })
    job.done({ ok: true, bytes: 0, etag: 'e', verification: 'etag', attempts: 1 })
    let over = false
    const watched = result.then(() => (over = true))
    await setImmediate()
    expect(over).toBe(false)
    release()
    await watched
  })

  it('rejects with the error from there, also for a run that waits for a permit', async () => {
    const { promise: permit, resolve: grant } = Promise.withResolvers<void>()
    let runs = 0
    const { job, result } = begin({
      async run(attempt) {
        if (++runs === 2) await permit
        return { ...(await attempt(undefined)), attempts: 1 }
      },
    })
    await setImmediate()
    job.attempted(0, { ok: true, value: undefined, bytes: 0, ttfbMs: 1 })
    void job.run(1)
    job.broke(new Error('a defect'))
    grant()
    await expect(result).rejects.toThrow('a defect')
  })

  it('makes no attempt after its end', async () => {
    let again: Promise<unknown> = Promise.resolve()
    const { job, result } = begin({
      async run(attempt) {
        const ended = await attempt(undefined)
        job.done({ ok: true, bytes: 0, etag: 'e', verification: 'etag', attempts: 1 })
        again = attempt(undefined)
        await again.catch(() => undefined)
        return { ...ended, attempts: 1 }
      },
    })
    await setImmediate()
    job.attempted(0, { ok: true, value: undefined, bytes: 0, ttfbMs: 1 })
    await result
    await expect(again).rejects.toThrow('after its job')
  })
})

describe('an error', () => {
  const failure = failureOf('c')

  it('is transferred with message and stack, and without other properties', () => {
    const cause = Object.assign(new Error('broken'), { socket: () => undefined })
    const plain = structuredClone(plainFailure({ ...failure, cause })).cause as Error
    expect(plain).toMatchObject({ message: 'broken', stack: cause.stack })
    expect(plain).not.toHaveProperty('socket')
    expect(plainFailure({ ...failure, cause: 'no error' }).cause).toEqual(new Error('no error'))
    expect(plainFailure(failure)).toBe(failure)
  })
})

function failureOf(code: string): AttemptFailure {
  return { class: 'transient', side: 'source', code, message: 'm' }
}
