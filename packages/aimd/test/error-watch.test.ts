import { expect, it } from 'vitest'
import { ErrorWatch } from '../src/law/error-watch.js'

/** Of 10,000 attempts chance explains 0.45 per cent. */
const failing = (share: number, all = 10_000) => ({ succeeded: all * (1 - share), failed: all * share })

it('errors above the threshold and chance cut the limit by their share, and by half at most', () => {
  const watch = () => new ErrorWatch(0.1)
  expect(watch().judge(failing(0.1045), 100)).toBeNull()
  expect(watch().judge(failing(0.105), 100)).toEqual({ limit: 89.5, reason: '10.5 % failed' })
  expect(watch().judge(failing(0.8), 100)).toEqual({ limit: 50, reason: '80.0 % failed' })
})

it('of few attempts more may fail by chance, and fewer than 20 say nothing', () => {
  expect(new ErrorWatch(0.1).judge(failing(0.2, 20), 100)).toBeNull()
  expect(new ErrorWatch(0.1).judge(failing(0.25, 20), 100)).not.toBeNull()
  expect(new ErrorWatch(0.1).judge({ succeeded: 0, failed: 19 }, 100)).toBeNull()
})

it('when two cuts do not make them fewer the limit comes back, and that share is the weather', () => {
  const watch = new ErrorWatch(0.1)
  expect(watch.judge(failing(0.4), 100)?.limit).toBe(60)
  expect(watch.judge(failing(0.4), 60)?.limit).toBe(36)
  expect(watch.judge(failing(0.4), 36)).toEqual({
    limit: 100,
    reason: '40.0 % fail at any limit: tolerated',
  })
  expect(watch.judge(failing(0.5), 100)).toBeNull()
  expect(watch.judge(failing(0.51), 100)).not.toBeNull()
})

it('when cuts make them fewer by a quarter it goes on cutting', () => {
  const watch = new ErrorWatch(0.1)
  watch.judge(failing(0.4), 100)
  watch.judge(failing(0.4), 60)
  expect(watch.judge(failing(0.3), 36)?.limit).toBeCloseTo(25.2)
  expect(watch.judge(failing(0.31), 25.2)?.limit).toBe(100)
})

it('a good window in between begins anew', () => {
  const watch = new ErrorWatch(0.1)
  watch.judge(failing(0.4), 100)
  watch.judge(failing(0.4), 60)
  watch.judge(failing(0), 36)
  expect(watch.judge(failing(0.4), 40)?.limit).toBe(24)
  expect(watch.judge(failing(0.4), 24)?.limit).toBeCloseTo(14.4)
  expect(watch.judge(failing(0.4), 14)?.limit).toBe(40)
})

it('weather clears up by a tenth a window', () => {
  const watch = new ErrorWatch(0.1)
  for (let n = 0; n < 3; n += 1) watch.judge(failing(0.4), 100)
  watch.judge(failing(0), 100)
  expect(watch.judge(failing(0.46), 100)).toBeNull()
  expect(watch.judge(failing(0.47), 100)).not.toBeNull()
})
