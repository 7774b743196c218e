import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, describe, expect, test } from 'vitest'
import type { Engine, JobEngine, RecordChange } from '../../src/index.js'

/** Short, to keep the suite fast; JetStream's shortest time to live is a second. */
const LEASE_MS = 1000

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const words = (value: Uint8Array | undefined): string => new TextDecoder().decode(value)

async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** Code of the error that a promise rejects with; `expect().rejects` cannot tell which of several concurrent tests it is in. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => null,
    (error: { code: string }) => error.code,
  )
}

/** Polls for what an engine does by its own clock. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await delay(50)
}

/** What every engine must do. */
export function engineContract(name: string, connect: () => Promise<Engine>): void {
  const engines: Engine[] = []
  afterAll(() => Promise.all(engines.map((engine) => engine.close())))

  const fresh = async (): Promise<{ engine: Engine; job: JobEngine; other: JobEngine }> => {
    const engine = await connect()
    const second = await connect()
    const id = `c-${randomBytes(6).toString('hex')}`
    const job = await engine.create(id, { leaseMs: LEASE_MS })
    const other = (await second.open(id))!
    engines.push(engine, second)
    return { engine, job, other }
  }

  describe.concurrent(`${name}: jobs`, () => {
    test('a job that does not exist is null; one that exists is found by others and listed', async () => {
      const { engine, job, other } = await fresh()
      expect(await engine.open('no-such-job')).toBeNull()
      expect(other).toMatchObject({ job: job.job, leaseMs: LEASE_MS })
      expect(await engine.list()).toContain(job.job)
    })

    test('creating a job again opens it with its existing lease', async () => {
      const { engine, job } = await fresh()
      await job.records.put('meta', text('kept'))
      const again = await engine.create(job.job, { leaseMs: 5000 })
      expect(again.leaseMs).toBe(LEASE_MS)
      expect(words((await again.records.get('meta'))?.value)).toBe('kept')
    })

    test('deleting a job deletes everything in it', async () => {
      const { engine, job } = await fresh()
      await job.records.put('meta', text('old'))
      expect(await engine.delete(job.job)).toBe(true)
      expect(await engine.delete(job.job)).toBe(false)
      expect(await engine.open(job.job)).toBeNull()
      const anew = await engine.create(job.job, { leaseMs: LEASE_MS })
      expect(await anew.records.get('meta')).toBeNull()
    })

    test('an empty or ambiguous job name is refused', async () => {
      const { engine } = await fresh()
      for (const wrong of ['', 'a.b', 'a*', '>', 'a b', 'x'.repeat(65)]) {
        expect(await failureOf(engine.create(wrong, { leaseMs: LEASE_MS }))).toBe(
          'LAGOON_JOBS_INVALID_OPTION',
        )
      }
    })

    test('a closed engine rejects with a code', async () => {
      const engine = await connect()
      await engine.close()
      expect(await failureOf(engine.list())).toBe('LAGOON_JOBS_CLOSED')
    })
  })

  describe.concurrent(`${name}: records`, () => {
    test('one of five concurrent replacements of a revision wins, and the others are refused', async () => {
      const { job, other } = await fresh()
      const revision = (await job.records.create('item.a.0.0', text('first')))!
      const results = await Promise.all(
        [job, other, job, other, job].map(({ records }, i) =>
          records.replace('item.a.0.0', text(`holder ${i}`), revision),
        ),
      )
      const winners = results.flatMap((result, i) => (result === null ? [] : [i]))
      expect(winners).toHaveLength(1)
      const stored = (await other.records.get('item.a.0.0'))!
      expect(words(stored.value)).toBe(`holder ${winners[0]}`)
      expect(stored.revision).toBe(results[winners[0]!])
      expect(stored.revision).toBeGreaterThan(revision)
    })

    test('one of five concurrent creations of a key wins', async () => {
      const { job, other } = await fresh()
      const results = await Promise.all(
        [job, other, job, other, job].map(({ records }) => records.create('role.planner', text('me'))),
      )
      expect(results.filter((result) => result !== null)).toHaveLength(1)
    })

    test('a deleted key can be created again, but only once', async () => {
      const { job, other } = await fresh()
      await job.records.create('item.a.0.0', text('one'))
      expect(await job.records.delete('item.a.0.0')).toBe(true)
      expect(await other.records.get('item.a.0.0')).toBeNull()
      const results = await Promise.all(
        [job, other].map(({ records }) => records.create('item.a.0.0', text('two'))),
      )
      expect(results.filter((result) => result !== null)).toHaveLength(1)
      expect(words((await job.records.get('item.a.0.0'))?.value)).toBe('two')
    })

    test('a revision from before a deletion replaces nothing', async () => {
      const { job } = await fresh()
      const revision = (await job.records.create('item.a.0.0', text('one')))!
      await job.records.delete('item.a.0.0')
      expect(await job.records.replace('item.a.0.0', text('late'), revision)).toBeNull()
      expect(await job.records.get('item.a.0.0')).toBeNull()
    })

    test('a key is deleted only at the revision that was named', async () => {
      const { job } = await fresh()
      const first = (await job.records.create('item.a.0.0', text('one')))!
      const second = (await job.records.replace('item.a.0.0', text('two'), first))!
      expect(await job.records.delete('item.a.0.0', first)).toBe(false)
      expect(words((await job.records.get('item.a.0.0'))?.value)).toBe('two')
      expect(await job.records.delete('item.a.0.0', second)).toBe(true)
    })

    test('a list contains the matching keys, without deleted ones', async () => {
      const { job } = await fresh()
      for (const key of ['plan.a', 'item.a.0.0', 'item.a.0.8', 'item.ab.0.0', 'item.b.0.0']) {
        await job.records.put(key, text(key))
      }
      await job.records.delete('item.a.0.8')
      const keys = async (pattern: string): Promise<string[]> =>
        (await allOf(job.records.list(pattern))).map(({ key }) => key).sort()
      expect(await keys('item.a.>')).toEqual(['item.a.0.0'])
      expect(await keys('item.>')).toEqual(['item.a.0.0', 'item.ab.0.0', 'item.b.0.0'])
      expect(await keys('>')).toHaveLength(4)
      expect(await keys('upload.>')).toEqual([])
    })

    test('a large record comes back byte for byte', async () => {
      const { job, other } = await fresh()
      const value = randomBytes(450_000)
      await job.records.put('upload.a', value)
      expect(Buffer.from((await other.records.get('upload.a'))!.value).equals(value)).toBe(true)
      const [listed] = await allOf(other.records.list('upload.>'))
      expect(Buffer.from(listed!.value).equals(value)).toBe(true)
    })

    test("a record has the time of its write by the engine's clock", async () => {
      const { job } = await fresh()
      const before = await job.records.time()
      await job.records.put('meta', text('x'))
      const { writtenAt } = (await job.records.get('meta'))!
      const after = await job.records.time()
      expect(writtenAt).toBeGreaterThanOrEqual(Math.floor(before))
      expect(writtenAt).toBeLessThanOrEqual(after)
      expect((await allOf(job.records.list('meta')))[0]!.writtenAt).toBeCloseTo(writtenAt, -1)
    })

    test('a record with a time to live expires unless it is written again, and watchers see it', async () => {
      const { job } = await fresh()
      const revision = (await job.records.create('role.conductor', text('a'), { ttlMs: 1000 }))!
      await job.records.put('worker.b', text('b'), { ttlMs: 1000 })
      const over = new AbortController()
      const gone: string[] = []
      for await (const { key, record } of job.records.watch(['role.conductor', 'worker.b'], over.signal)) {
        if (record === null) gone.push(key)
        else if (key === 'worker.b') {
          await job.records.replace('role.conductor', text('a'), revision, { ttlMs: 2000 })
        }
        if (gone.length === 1) over.abort()
      }
      expect(gone).toEqual(['worker.b'])
      expect(await job.records.get('role.conductor')).not.toBeNull()
      await until(async () => (await job.records.get('role.conductor')) === null)
      expect(await job.records.create('role.conductor', text('c'), { ttlMs: 1000 })).not.toBeNull()
    })

    test('a watch begins with the present keys and then sees every change', async () => {
      const { job, other } = await fresh()
      await job.records.put('meta', text('1'))
      await job.records.put('item.a.0.0', text('not watched'))
      const over = new AbortController()
      const seen: string[] = []
      const show = ({ key, record }: RecordChange): string =>
        `${key} ${record === null ? '-' : words(record.value)}`
      for await (const change of other.records.watch(['meta', 'control'], over.signal)) {
        seen.push(show(change))
        if (seen.length === 1) await job.records.put('control', text('2'))
        if (seen.length === 2) await job.records.delete('control')
        if (seen.length === 3) over.abort()
      }
      expect(seen).toEqual(['meta 1', 'control 2', 'control -'])
    })
  })

  describe.concurrent(`${name}: the queue`, () => {
    const next = (job: JobEngine, waitMs = 5000) => job.queue.next({ waitMs })

    test('each message is delivered to one waiting worker, and removed by an acknowledgement', async () => {
      const { job, other } = await fresh()
      const waiting = [next(job), next(other)]
      await job.queue.publish(text('a'))
      await job.queue.publish(text('b'))
      const messages = await Promise.all(waiting)
      expect(messages.map((message) => words(message!.data)).sort()).toEqual(['a', 'b'])
      expect(messages.map((message) => message!.deliveries)).toEqual([1, 1])
      await Promise.all(messages.map((message) => message!.ack()))
      // A third of it is not a whole number of ms.
      expect(await next(job, 1000 / 3)).toBeNull()
      expect(await job.queue.counts()).toMatchObject({ messages: 0, pending: 0, unacknowledged: 0 })
    })

    test('an unacknowledged message is delivered again after the lease, with its delivery count', async () => {
      const { job, other } = await fresh()
      await job.queue.publish(text('a'))
      await next(job)
      const began = performance.now()
      const again = (await next(other))!
      expect(performance.now() - began).toBeGreaterThan(LEASE_MS / 2)
      expect(again.deliveries).toBe(2)
      await again.ack()
    })

    test('extending the lease keeps a message with its holder', async () => {
      const { job, other } = await fresh()
      await job.queue.publish(text('a'))
      const message = (await next(job))!
      const stolen = next(other, 1600)
      for (let i = 0; i < 4; i += 1) {
        await delay(400)
        message.extend()
      }
      expect(await stolen).toBeNull()
      await message.ack()
    })

    test('a returned message is delivered immediately, or after the requested pause', async () => {
      const { job, other } = await fresh()
      await job.queue.publish(text('a'))
      ;(await next(job))!.nak()
      const second = (await next(other, LEASE_MS / 2))!
      expect(words(second.data)).toBe('a')
      const began = performance.now()
      second.nak(300)
      const third = (await next(job))!
      expect(performance.now() - began).toBeGreaterThan(200)
      await third.ack()
    })

    test('an acknowledgement after the lease has expired is accepted', async () => {
      const { job, other } = await fresh()
      await job.queue.publish(text('a'))
      const first = (await next(job))!
      const second = (await next(other))!
      await first.ack()
      await second.ack()
      expect((await job.queue.counts()).messages).toBe(0)
    })

    test('a message is redelivered without limit until it is acknowledged', async () => {
      const { job } = await fresh()
      await job.queue.publish(text('a'))
      for (let deliveries = 1; deliveries <= 8; deliveries += 1) {
        const message = (await next(job))!
        expect(message.deliveries).toBe(deliveries)
        message.nak()
      }
    })

    test('a recently published id is dropped; messages without an id are all kept', async () => {
      const { job } = await fresh()
      for (const options of [{ id: 'x' }, { id: 'x' }, {}, {}]) await job.queue.publish(text('a'), options)
      expect((await job.queue.counts()).messages).toBe(3)
    })

    test('counters show waiting messages, held messages and waiting workers', async () => {
      const { job, other } = await fresh()
      for (const word of ['a', 'b', 'c']) await job.queue.publish(text(word))
      const message = await next(job)
      expect(await job.queue.counts()).toEqual({ messages: 3, pending: 2, unacknowledged: 1, pulls: 0 })
      await message!.ack()
      for (let i = 0; i < 2; i += 1) await (await next(job))!.ack()
      const over = new AbortController()
      const idle = other.queue.next({ waitMs: 20_000, signal: over.signal })
      await until(async () => (await job.queue.counts()).pulls === 1)
      over.abort()
      expect(await idle).toBeNull()
    })

    test('a worker that stopped waiting gets nothing', async () => {
      const { job, other } = await fresh()
      const over = new AbortController()
      const waiting = job.queue.next({ waitMs: 20_000, signal: over.signal })
      await until(async () => (await other.queue.counts()).pulls === 1)
      over.abort()
      expect(await waiting).toBeNull()
      await until(async () => (await other.queue.counts()).pulls === 0)
      await other.queue.publish(text('a'))
      expect((await next(other))!.deliveries).toBe(1)
      expect(await job.queue.next({ waitMs: 1000, signal: AbortSignal.abort() })).toBeNull()
    })

    test('a wait can be cancelled at any moment', async () => {
      const { job } = await fresh()
      for (let turns = 0; turns < 12; turns += 1) {
        const over = new AbortController()
        const waiting = job.queue.next({ waitMs: 20_000, signal: over.signal })
        for (let turn = 0; turn < turns; turn += 1) await Promise.resolve()
        if (turns > 8) await delay(turns - 8)
        over.abort()
        expect(await waiting).toBeNull()
      }
    })

    test('more workers can wait than servers allow by default', async () => {
      const { job } = await fresh()
      const over = new AbortController()
      const waiting = Array.from({ length: 600 }, () =>
        job.queue.next({ waitMs: 20_000, signal: over.signal }),
      )
      await until(async () => (await job.queue.counts()).pulls === 600)
      over.abort()
      expect(new Set(await Promise.all(waiting))).toEqual(new Set([null]))
    })
  })

  describe.concurrent(`${name}: jobs`, () => {
    test('writing to a deleted job fails with a code that says so', async () => {
      const { engine, job, other } = await fresh()
      await job.records.put('a', text('1'))
      expect(await engine.delete(job.job)).toBe(true)
      expect(await failureOf(other.records.put('a', text('2')))).toBe('LAGOON_JOBS_NO_SUCH_JOB')
      expect(await failureOf(other.records.create('b', text('1')))).toBe('LAGOON_JOBS_NO_SUCH_JOB')
    })
  })

  describe.concurrent(`${name}: the channel`, () => {
    test('a message reaches the subscribers of its topic and job only', async () => {
      const { job, other } = await fresh()
      const heard: string[] = []
      const first = Promise.withResolvers<void>()
      const end = other.channel.subscribe('sample', (data) => {
        heard.push(words(data))
        first.resolve()
      })
      // A request and its response: the subscription has reached the server.
      await other.records.time()
      job.channel.publish('limit', text('not for them'))
      job.channel.publish('sample', text('hello'))
      await first.promise
      end()
      await other.records.time()
      job.channel.publish('sample', text('too late'))
      await job.records.time()
      await other.records.time()
      expect(heard).toEqual(['hello'])
    })
  })
}
