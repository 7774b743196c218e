import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import { families, makeScenario, simulateFluid } from '../src/simulator/index.js'
import type { Scenario } from '../src/simulator/index.js'

/** An arrow: from a state to a state, by a reason in which numbers are `N`. */
type Arrow = { from: string; to: string; reason: string; action: string }

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const drawn = [...readme.matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, labels]): Arrow[] =>
  labels!.split('<br/>').map((reason) => ({ from: from!, to: to!, reason, action: '' })),
)

/** Some scenarios of each family in which one law decides, and one in which a fifth of the attempts fails at any limit. */
function scenarios(): Scenario[] {
  const usual = Object.keys(families).flatMap((family) => [1, 2].map((seed) => makeScenario(family, seed)))
  const queueing = makeScenario('queueing', 1)
  const failing = { ...queueing, backend: { ...queueing.backend, failedShare: 0.2 } }
  return [failing, ...usual.filter(({ instances }) => instances.length === 1)]
}

/** The decisions that changed the state or the limit. */
function seen(): Arrow[] {
  const arrows = new Map<string, Arrow>()
  for (const scenario of scenarios()) {
    let from = 'startup'
    const controller = () =>
      createController({
        onDecision: ({ decision, state }) => {
          const reason = decision.reason.replaceAll(/\d+(\.\d+)?/g, 'N')
          const arrow = { from, to: state.phase, reason, action: decision.action }
          if (arrow.from !== arrow.to || decision.action !== 'hold')
            arrows.set(Object.values(arrow).join(), arrow)
          from = state.phase
        },
      })
    simulateFluid(scenario, controller)
  }
  return [...arrows.values()]
}

/** Throttles, errors and outages are answered in any state. */
const fromAnyState = (reason: string): boolean =>
  / throttled at | fail| succeeds|the outage is over/.test(reason)

describe('the drawing of the states in the README', () => {
  const changes = seen()
  const same = (a: Arrow, b: Arrow): boolean =>
    a.reason === b.reason && (fromAnyState(a.reason) || (a.from === b.from && a.to === b.to))

  it('has an arrow for every decision that changes the state or the limit, labelled with its reason', () => {
    expect(changes.filter((change) => !drawn.some((arrow) => same(arrow, change)))).toEqual([])
  })

  it('has no arrow that the law does not take', () => {
    expect(drawn.filter((arrow) => !changes.some((change) => same(arrow, change)))).toEqual([])
  })

  it('names what happens to the limit: nothing that goes up lowers it, and nothing that goes down raises it', () => {
    const wrong = changes.filter(
      ({ reason, action }) =>
        (action === 'increase' && / down to N/.test(reason)) ||
        (action === 'decrease' && / up to N/.test(reason)),
    )
    expect(wrong).toEqual([])
  })
})
