import { expect, it } from 'vitest'
import { createSimpleRunner, type Attempt } from '../src/index.js'

const busy: Attempt<never> = {
  ok: false,
  failure: { class: 'throttle', side: 'source', code: 'SlowDown', message: 'm', retryAfterMs: 300_000 },
}
const aborted: Attempt<never> = {
  ok: false,
  failure: { class: 'aborted', side: 'source', code: 'Aborted', message: 'm' },
}

it('a wait between two attempts ends with the signal, and so does the run', async () => {
  const stop = new AbortController()
  const runner = createSimpleRunner({ signal: stop.signal })
  const run = runner.run(async (signal) => {
    if (signal!.aborted) return aborted
    queueMicrotask(() => stop.abort())
    return busy
  })
  expect(await run).toMatchObject({ ok: false, attempts: 2, failure: { class: 'aborted' } })
})

it('an attempt that fails permanently is not repeated, a temporary failure as often as configured', async () => {
  for (const [kind, attempts] of [
    ['permanent', 1],
    ['missing', 1],
    ['transient', 3],
    ['throttle', 3],
  ] as const) {
    const failure = { class: kind, side: 'source', code: 'c', message: 'm' } as const
    const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
    expect(await runner.run(async () => ({ ok: false, failure }))).toEqual({ ok: false, failure, attempts })
  }
})
