import { createController } from '@lagoon/aimd'
import type { WindowSample } from '@lagoon/sync'
import { describe, expect, test } from 'vitest'
import { TurnTaking, type Turn } from '../src/turns/turn-taking.js'
import { turnsVerdict } from '../src/turns/verdict.js'

/** Takes windows of the requested length, with `perMs` objects of ten bytes per attempt in flight. */
function play(taking: TurnTaking, windows: number, perMs = 0.01): void {
  for (let n = 0; n < windows; n += 1) {
    const elapsedMs = taking.intervalMs
    const inFlight = taking.limit
    const succeeded = Math.round(perMs * inFlight * elapsedMs)
    const counts = { succeeded, failed: 0, throttled: 1, bytes: 10 * succeeded }
    taking.update({ elapsedMs, ...counts, latencyMs: null, inFlight })
  }
}

function begin(contenders: ConstructorParameters<typeof TurnTaking>[0]['contenders']): {
  taking: TurnTaking
  turns: Turn[]
} {
  const turns: Turn[] = []
  const onTurn = (turn: Turn): void => void turns.push(turn)
  return { taking: new TurnTaking({ contenders, turnMs: 1000, settleMs: 100, onTurn }), turns }
}

describe('taking turns', () => {
  test('every contender has a turn in each cycle, forwards and backwards, then starting one further on', () => {
    const { taking, turns } = begin([4, 8, 16])
    play(taking, 24)
    const cycles = [0, 1, 2, 3].map((cycle) =>
      turns.filter((turn) => turn.cycle === cycle).map(({ contender }) => contender),
    )
    expect(cycles).toEqual([
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
      [0, 2, 1],
    ])
  })

  test('measurements right after a change of turns do not count', () => {
    const { taking, turns } = begin([4, 8])
    play(taking, 4)
    expect(turns).toMatchObject([
      { elapsedMs: 1000, objects: 40, bytes: 400, throttled: 1, inFlightMs: 4000 },
      { elapsedMs: 1000, objects: 80, bytes: 800, throttled: 1, inFlightMs: 8000 },
    ])
  })

  test('a law sees only its own turns, and behaves as it would without the others', () => {
    const heard: WindowSample[] = []
    const alone = createController()
    const law = createController({ onDecision: ({ window }) => heard.push(window) })
    const { taking, turns } = begin([500, law])
    play(taking, 60)
    for (const window of heard) alone.update(window)
    expect(alone.limit).toBe(law.limit)
    expect(heard.every(({ inFlight }) => inFlight !== 500)).toBe(true)
    const own = turns.filter(({ contender }) => contender === 1)
    expect(own.length).toBeGreaterThan(2)
    own.reduce((agedMs, turn) => {
      expect(turn.agedMs).toBe(agedMs)
      return agedMs + turn.elapsedMs
    }, 0)
  })

  test('a restarted run voids the turn in progress, and nothing before it', () => {
    const { taking, turns } = begin([4, createController()])
    play(taking, 3)
    expect(turns).toHaveLength(1)
    taking.restart(700)
    expect(taking.intervalMs).toBe(700)
    play(taking, 1)
    while (turns.length < 2) play(taking, 1)
    expect(turns[1]).toMatchObject({ contender: 1, cycle: 0, agedMs: 0 })
  })
})

describe('the verdict over turns', () => {
  /** Cycles of one second each on a machine whose speed changes from cycle to cycle. */
  const cycles = (paces: readonly number[], shares: readonly number[]): Turn[] =>
    paces.flatMap((pace, cycle) =>
      shares.map((share, contender) => ({
        contender,
        cycle,
        elapsedMs: 1000,
        objects: 1000 * pace * share,
        bytes: 0,
        throttled: 0,
        inFlightMs: 8000,
        agedMs: cycle * 1000,
      })),
    )

  test("is the ratio within cycles, so that the machine's speed changes nothing", () => {
    const { best } = turnsVerdict([8, 16], [cycles([1, 3, 0.2, 7], [0.9, 1, 0.97])], 1)
    expect(best).toMatchObject({ concurrency: 16, whole: { pairs: 4 }, steady: { pairs: 3 } })
    expect(best.whole!.mean).toBeCloseTo(0.97, 10)
    expect(best.whole!.error).toBeCloseTo(0, 10)
  })

  test('has a confidence interval over all rounds', () => {
    const rounds = [cycles([1], [1, 1.1]), cycles([1], [1, 0.9])]
    const { best } = turnsVerdict([8], rounds, 1)
    expect(best.whole!.error).toBeCloseTo(Math.log(1.1 / 0.9) / 2, 10)
    expect(best.steady).toBeNull()
  })

  test('counts what was refused', () => {
    const turns = cycles([1], [1, 1]).map((turn) => ({ ...turn, throttled: 1000 }))
    expect(turnsVerdict([8], [turns], 1).contenders).toMatchObject([{ throttled: 0.5 }, { throttled: 0.5 }])
  })
})
