import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { adaptive } from '../src/index.js'
import type { AdaptiveOptions } from '../src/index.js'

/** A call whose end is decided by the test. */
interface Call {
  resolve(value: unknown): void
  reject(error: unknown): void
}

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

function driven(options: AdaptiveOptions<unknown> = {}) {
  const calls: Call[] = []
  const windows: { succeeded: number; failed: number; throttled: number; inFlight: number }[] = []
  const run = adaptive(
    (_name?: string) => new Promise<unknown>((resolve, reject) => calls.push({ resolve, reject })),
    { ...options, onDecision: ({ window }) => windows.push(window) },
  )
  return { run, calls, windows }
}

async function endWindow(run: { controller: { intervalMs: number } }): Promise<void> {
  await vi.advanceTimersByTimeAsync(run.controller.intervalMs)
}

describe('adaptive limits a function with its own controller', () => {
  it('runs as many calls as the limit allows, in order', async () => {
    const order: number[] = []
    const run = adaptive(async (n: number) => void order.push(n), { startConcurrency: 2 })
    await Promise.all(Array.from({ length: 9 }, (_, n) => run(n)))
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    expect(run.gate.limit).toBe(2)
  })

  it('raises the limit where calls are as fast with more of them', async () => {
    const serve = adaptive(() => new Promise((resolve) => setTimeout(resolve, 10)), { startConcurrency: 4 })
    const all = Promise.all(Array.from({ length: 5000 }, () => serve()))
    await vi.advanceTimersByTimeAsync(20_000)
    await all
    expect(serve.controller.limit).toBeGreaterThan(16)
    expect(serve.gate.limit).toBe(serve.controller.limit)
  })

  it.each([
    ['a value', { ok: true }, 'succeeded'],
    ['nothing', undefined, 'succeeded'],
    ['a response of 429', { status: 429 }, 'throttled'],
    ['a response of 503', { statusCode: 503 }, 'throttled'],
  ])('counts %s correctly by default', async (_, value, counted) => {
    const { run, calls, windows } = driven()
    const call = run()
    await vi.advanceTimersByTimeAsync(1)
    calls[0]!.resolve(value)
    await expect(call).resolves.toBe(value)
    await endWindow(run)
    expect(windows[0]).toMatchObject({ [counted]: 1 })
  })

  it.each([
    ['an error', new Error('no'), { failed: 1, throttled: 0 }],
    ['an error of status 429', Object.assign(new Error('no'), { status: 429 }), { failed: 0, throttled: 1 }],
    ["the AWS SDK's SlowDown", { $metadata: { httpStatusCode: 503 } }, { failed: 0, throttled: 1 }],
    ['an abort', new DOMException('stop', 'AbortError'), { failed: 0, throttled: 0 }],
    ['a rejection with null', null, { failed: 1, throttled: 0 }],
  ])('counts %s as it should by default, and passes it on', async (_, error, counted) => {
    const { run, calls, windows } = driven()
    const call = run().catch((reason: unknown) => ({ reason }))
    await vi.advanceTimersByTimeAsync(1)
    calls[0]!.reject(error)
    expect(await call).toEqual({ reason: error })
    await endWindow(run)
    expect(windows[0]).toMatchObject({ succeeded: 0, ...counted })
  })

  it('leaves the classification to classify if given', async () => {
    const { run, calls, windows } = driven({
      classify: (outcome) => ('value' in outcome && outcome.value === 'busy' ? 'throttled' : 'ignored'),
    })
    const both = Promise.all([run(), run()])
    await vi.advanceTimersByTimeAsync(1)
    calls[0]!.resolve('busy')
    calls[1]!.resolve('done')
    expect(await both).toEqual(['busy', 'done'])
    await endWindow(run)
    expect(windows[0]).toMatchObject({ succeeded: 0, failed: 0, throttled: 1 })
  })

  it('rejects with the error of classify, and releases the permit', async () => {
    const run = adaptive(async () => 1, {
      maxConcurrency: 1,
      classify: () => {
        throw new Error('broken classify')
      },
    })
    await expect(run()).rejects.toThrow('broken classify')
    expect(run.gate.inFlight).toBe(0)
    await expect(run()).rejects.toThrow('broken classify')
  })

  it('says what classify must return', async () => {
    const run = adaptive(async () => 1, { classify: () => 'fine' as 'succeeded' })
    await expect(run()).rejects.toMatchObject({
      code: 'LAGOON_AIMD_INVALID_OPTION',
      message: 'classify returned "fine", but must return one of succeeded, failed, throttled, ignored',
    })
  })

  it('keeps time with no timer when no call runs, and does not count the pause', async () => {
    const { run, calls, windows } = driven()
    const first = run()
    await vi.advanceTimersByTimeAsync(1)
    calls[0]!.resolve(1)
    await first
    await endWindow(run)
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(windows).toHaveLength(1)
    const second = run()
    await endWindow(run)
    expect(windows).toHaveLength(2)
    expect(windows[1]!.inFlight).toBeCloseTo(1)
    calls[1]!.resolve(2)
    await second
  })

  it('refuses invalid options immediately', () => {
    expect(() => adaptive(async () => 1, { minConcurrency: 0 })).toThrow('minConcurrency')
  })
})
