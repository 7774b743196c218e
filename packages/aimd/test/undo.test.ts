import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import { Undo } from '../src/law/undo.js'
import { drive } from './backend.js'

/** All was well at 100, then attempts took twice as long. */
function cutAt100(): Undo {
  const undo = new Undo()
  undo.well(100)
  undo.cut(60, 2)
  return undo
}

describe('going back after a store that only paused', () => {
  it('goes back to the last limit under which all was well', () => {
    expect(cutAt100().take(30)).toBe(100)
  })

  it('remembers where several cuts in a row began', () => {
    const undo = cutAt100()
    undo.well(60)
    undo.cut(20, 2)
    expect(undo.take(20)).toBe(100)
  })

  it('does not go back from small steps, nor long after the first cut, nor twice in a short time', () => {
    expect(cutAt100().take(80)).toBeNull()
    const undo = cutAt100()
    undo.passed(15_000)
    undo.cut(30, 2)
    undo.passed(6000)
    expect(undo.take(30)).toBeNull()
    undo.cut(30, 2)
    expect(undo.take(30)).toBe(100)
    undo.passed(5000)
    undo.cut(30, 2)
    expect(undo.take(30)).toBeNull()
    undo.passed(6000)
    expect(undo.take(30)).toBe(100)
  })

  it('does not go back where attempts took less than half as long again: others take their share then', () => {
    const undo = new Undo()
    undo.well(100)
    for (const limit of [80, 60, 45, 30]) undo.cut(limit, 1.49)
    expect(undo.take(20)).toBeNull()
  })

  it('goes back no further than small cuts had come before the store paused', () => {
    const undo = new Undo()
    undo.well(100)
    undo.cut(80, 1.2)
    undo.cut(40, 1.5)
    expect(undo.take(30)).toBe(80)
  })

  it('stays where others left it after they came: each takes its share in small steps', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 200 }, 60_000)
    const limits = [180, 160, 140, 120, 100, 85].flatMap((knee) =>
      drive(controller, { latencyMs: 50, knee }, 3000),
    )
    expect(limits.at(-1)).toBeLessThan(120)
    const before = controller.limit
    const after = drive(controller, { latencyMs: 50, knee: 200 }, 1500)
    expect(Math.max(...after)).toBeLessThan(before * 1.3)
  })

  it('lets a controller be at its old limit a few seconds after the store was slow for one and a half', () => {
    const controller = createController()
    const usual = { latencyMs: 50, knee: 200 }
    drive(controller, usual, 60_000)
    const before = controller.limit
    drive(controller, { ...usual, latencyMs: 200 }, 1500)
    expect(controller.limit).toBeLessThan(before / 2)
    drive(controller, usual, 3000)
    expect(controller.limit).toBeGreaterThan(before * 0.95)
  })

  it('finds the knee again where the store did become slower', () => {
    const controller = createController()
    drive(controller, { latencyMs: 50, knee: 200 }, 60_000)
    drive(controller, { latencyMs: 50, knee: 50 }, 30_000)
    expect(controller.limit).toBeLessThan(50 * 1.5)
  })
})
