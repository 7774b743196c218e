import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startSandbox, type Shape } from '../src/index.js'
import { seededRandom } from '../src/random.js'
import { Line } from '../src/shape/bandwidth.js'
import { Semaphore } from '../src/shape/semaphore.js'
import { drawMs } from '../src/shape/shape.js'
import { TokenBucket } from '../src/shape/token-bucket.js'
import { ask } from './ask.js'

describe('the rate', () => {
  test('over any period it grants no more than rate and burst allow, and no less than was requested below it', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 5000, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.double({ min: 0, max: 20, noNaN: true }), { maxLength: 200 }),
        (perSecond, burst, gaps) => {
          const bucket = new TokenBucket(perSecond, burst, 0)
          let now = 0
          let granted = 0
          for (const gap of gaps) {
            now += gap
            if (bucket.take(now)) granted += 1
            expect(granted).toBeLessThanOrEqual(burst + (now * perSecond) / 1000 + 1e-6)
          }
          const slow = new TokenBucket(perSecond, burst, 0)
          for (let at = 1; at <= 20; at += 1) expect(slow.take((at * 1000.001) / perSecond)).toBe(true)
        },
      ),
    )
  })

  test('requests beyond it are refused with SlowDown', async () => {
    const shape = { rateWall: { requestsPerSecond: 0.001, burst: 2 } }
    await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], shape })
    await sandbox.store.put('b', 'k', 'x')
    const replies = []
    for (let at = 0; at < 4; at += 1) replies.push(await ask(sandbox, { target: '/b/k' }))
    expect(replies.map(({ status, code }) => [status, code])).toEqual([
      [200, null],
      [200, null],
      [503, 'SlowDown'],
      [503, 'SlowDown'],
    ])
    sandbox.setShape({})
    expect((await ask(sandbox, { target: '/b/k' })).status).toBe(200)
  })
})

describe('the knee', () => {
  test('no more are inside than it admits, and all get in, in order', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 40 }),
        async (size, visitors) => {
          const slots = new Semaphore(size)
          let inside = 0
          const order: number[] = []
          await Promise.all(
            Array.from({ length: visitors }, async (_, visitor) => {
              await slots.acquire()
              inside += 1
              order.push(visitor)
              expect(inside).toBeLessThanOrEqual(size)
              await Promise.resolve()
              inside -= 1
              slots.release()
            }),
          )
          expect(order).toEqual(Array.from({ length: visitors }, (_, visitor) => visitor))
        },
      ),
      { numRuns: 50 },
    )
  })

  test('a smaller size admits nobody before enough have left; a larger one admits immediately', async () => {
    const slots = new Semaphore(2)
    await Promise.all([slots.acquire(), slots.acquire()])
    const entered: number[] = []
    const third = slots.acquire().then(() => entered.push(3))
    slots.resize(1)
    slots.release()
    await Promise.resolve()
    expect([entered, slots.waiting]).toEqual([[], 1])
    slots.resize(2)
    await third
    expect([entered, slots.waiting]).toEqual([[3], 0])
  })

  test('requests beyond the knee wait for their turn', async () => {
    await using sandbox = await startSandbox({
      credentials: null,
      buckets: ['b'],
      shape: { knee: { concurrency: 1 } },
    })
    await sandbox.store.put('b', 'k', 'x')
    const stall = sandbox.faults.add({ times: 1, action: { type: 'stall' } })
    const replies = [1, 2, 3].map(() => ask(sandbox, { target: '/b/k' }))
    await sandbox.requests.next({ where: ({ sequence }) => sequence === 3 })
    expect(sandbox.requests.byStatus).toEqual({})
    stall.remove()
    expect((await Promise.all(replies)).map(({ status }) => status)).toEqual([200, 200, 200])
  })
})

describe('the line', () => {
  test('all bodies together take as long as the line needs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 100_000 }), { minLength: 1, maxLength: 50 }),
        (chunks) => {
          const line = new Line(1_000_000)
          const waits = chunks.map((bytes) => line.reserve(bytes, 0))
          const total = chunks.reduce((sum, bytes) => sum + bytes, 0)
          expect(waits.at(-1)).toBeCloseTo(total / 1000, 6)
        },
      ),
    )
  })

  test('at most 20 ms of idle time are made up for', () => {
    const line = new Line(1000)
    expect(line.reserve(100, 1000)).toBe(80)
    expect(line.reserve(100, 1000)).toBe(180)
    expect(line.reserve(100, 9000)).toBe(80)
  })

  test('a shaped line changes no byte', async () => {
    const bandwidth = { receivedBytesPerSecond: 50_000_000, sentBytesPerSecond: 50_000_000 }
    await using sandbox = await startSandbox({ credentials: null, buckets: ['b'], shape: { bandwidth } })
    const body = Buffer.from(Array.from({ length: 100_000 }, (_, at) => at % 251))
    await ask(sandbox, { method: 'PUT', target: '/b/k', body })
    expect((await ask(sandbox, { target: '/b/k' })).body.equals(body)).toBe(true)
  })
})

test('a lognormal time has its median and never falls below zero', () => {
  const random = seededRandom(7)
  const drawn = Array.from({ length: 4001 }, () => drawMs({ medianMs: 20, sigma: 0.5 }, random)).sort(
    (a, b) => a - b,
  )
  expect(drawn[2000]).toBeGreaterThan(18.5)
  expect(drawn[2000]).toBeLessThan(21.5)
  expect(drawn[0]).toBeGreaterThan(0)
  expect(drawMs(5, random)).toBe(5)
})

test.each([
  ['knee.concurrency', { knee: { concurrency: 0 } }],
  ['latencyMs', { latencyMs: -1 }],
  ['rateWall.requestsPerSecond', { rateWall: { requestsPerSecond: Number.NaN } }],
  ['bandwidth.sentBytesPerSecond', { bandwidth: { sentBytesPerSecond: 0 } }],
  ['latency', { latency: 5 }],
  ['knee.concurrency', { knee: { serviceMs: 5 } }],
  ['knee.serviceMs', { knee: { concurrency: 1, serviceMs: { median: 5 } } }],
  ['rateWall.perSecond', { rateWall: { perSecond: 5 } }],
])('an impossible %s is refused', async (option, shape) => {
  await expect(startSandbox({ shape: shape as Shape })).rejects.toMatchObject({
    code: 'LAGOON_SANDBOX_OPTION_INVALID',
    message: expect.stringContaining(option),
  })
})
