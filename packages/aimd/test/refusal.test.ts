import { describe, expect, it } from 'vitest'
import { Evidence } from '../src/law/evidence.js'
import { Model } from '../src/law/model.js'
import { judgeRefusals } from '../src/law/refusal.js'
import { resolveOptions } from '../src/options.js'

/** So many succeeded and were refused in so long, with a limit of 200 in flight. */
function seen(succeeded: number, throttled: number, elapsedMs = 2000): Evidence {
  const inFlightMs = 200 * elapsedMs
  return Object.assign(new Evidence(), {
    succeeded,
    throttled,
    elapsedMs,
    inFlightMs,
    ended: succeeded,
    windows: 1,
  })
}

/** Attempts take 100 ms; with `walled` the store is known to refuse more than one a millisecond. */
function known({ walled = false } = {}): Model {
  const model = new Model(resolveOptions())
  model.base.blend(100, 1)
  if (walled) model.wall.hit(1, 150, 1000)
  return model
}

const usual = { probing: false, decreaseFactor: 0.8 }

describe('what refusals say', () => {
  it('nothing, while hardly one in three hundred is refused', () => {
    expect(judgeRefusals(seen(997, 3), 200, known(), usual)).toBeNull()
    expect(judgeRefusals(seen(996, 4), 200, known(), usual)).toEqual({
      limit: 200,
      reason: '0.4 % throttled',
      wall: false,
    })
  })

  it('there is a wall, once more than one in a hundred is refused over a second', () => {
    expect(judgeRefusals(seen(990, 10), 200, known(), usual)).toMatchObject({ limit: 200, wall: false })
    expect(judgeRefusals(seen(989, 11), 200, known(), usual)).toMatchObject({ wall: true })
    expect(judgeRefusals(seen(989, 11, 1000), 200, known(), usual)).toMatchObject({ wall: true })
    expect(judgeRefusals(seen(989, 11, 999), 200, known(), usual)).toMatchObject({ limit: 200, wall: false })
  })

  it('a single one that is refused is chance, however few there were', () => {
    expect(judgeRefusals(seen(9, 1), 200, known(), usual)).toMatchObject({ limit: 200, wall: false })
    expect(judgeRefusals(seen(9, 2), 200, known(), usual)).toMatchObject({ wall: true })
  })

  it('more than a fifth are believed in the shortest window', () => {
    expect(judgeRefusals(seen(80, 20, 125), 200, known(), usual)).toMatchObject({ wall: false })
    expect(judgeRefusals(seen(79, 21, 125), 200, known(), usual)).toMatchObject({ wall: true })
  })

  it('a short burst says nothing of a wall that is known, while the limit keeps to it', () => {
    const burst = seen(60, 40, 125)
    expect(judgeRefusals(burst, 103, known({ walled: true }), usual)).toMatchObject({ wall: false })
    expect(judgeRefusals(burst, 105, known({ walled: true }), usual)).toMatchObject({ wall: true })
    expect(judgeRefusals(seen(60, 40, 1000), 103, known({ walled: true }), usual)).toMatchObject({
      wall: true,
    })
  })

  it('a short burst counts where the law tries more than the wall is known to let through', () => {
    const burst = seen(60, 40, 125)
    const probing = { ...usual, probing: true }
    expect(judgeRefusals(burst, 103, known({ walled: true }), probing)).toMatchObject({ wall: true })
    expect(judgeRefusals(seen(90, 10, 125), 103, known({ walled: true }), probing)).toMatchObject({
      wall: false,
    })
  })

  it('a short burst counts before the base time is known', () => {
    const model = new Model(resolveOptions())
    model.wall.hit(1, 150, 1000)
    expect(judgeRefusals(seen(60, 40, 125), 50, model, usual)).toMatchObject({ wall: true })
  })
})

describe('the answer to a wall', () => {
  it('is a limit below what went through, by half as much at a wall that is known', () => {
    // One a millisecond at 100 ms each went through: 100 at once.
    const refused = seen(2000, 200)
    expect(judgeRefusals(refused, 200, known(), usual)).toMatchObject({ reason: '9.1 % throttled at 200' })
    expect(judgeRefusals(refused, 200, known(), usual)?.limit).toBeCloseTo(80)
    expect(judgeRefusals(refused, 200, known({ walled: true }), usual)?.limit).toBeCloseTo(90)
  })

  it('is one less at least, and a sixteenth at most', () => {
    expect(judgeRefusals(seen(2000, 200), 50, known(), usual)?.limit).toBe(49)
    expect(judgeRefusals(seen(2, 2000), 160, known(), usual)?.limit).toBe(10)
  })

  it('is the share that went through where no base time is known, which is then learnt', () => {
    const model = new Model(resolveOptions())
    expect(judgeRefusals(seen(1400, 600), 100, model, usual)?.limit).toBeCloseTo(56)
    expect(model.base.ms).toBeCloseTo(400_000 / 1400)
  })

  it('takes no base time from fewer than eight attempts, nor one that is known', () => {
    const model = new Model(resolveOptions())
    judgeRefusals(seen(7, 7), 100, model, usual)
    expect(model.base.ms).toBeNull()
    judgeRefusals(seen(8, 8), 100, model, usual)
    expect(model.base.ms).toBe(50_000)
    const other = known()
    judgeRefusals(seen(2000, 200), 200, other, usual)
    expect(other.base.ms).toBe(100)
  })

  it('remembers the rate that went through, if any did', () => {
    const model = known()
    judgeRefusals(seen(0, 200), 200, model, usual)
    expect(model.wall.ratePerMs).toBeNull()
    judgeRefusals(seen(1, 200), 200, model, usual)
    expect(model.wall.ratePerMs).toBe(1 / 2000)
  })
})
