import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { createController } from '../src/index.js'
import { families, makeScenario, simulateFluid } from '../src/simulator/index.js'

const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const drawn = new Set([...readme.matchAll(/^ {2}(\w+) --> (\w+)/gm)].map(([, from, to]) => `${from} → ${to}`))

/** The changes of state over some scenarios of each family in which one law decides. */
function seen(): Set<string> {
  const changes = new Set<string>()
  for (const family of Object.keys(families))
    for (const seed of [1, 2]) {
      const scenario = makeScenario(family, seed)
      if (scenario.instances.length > 1) continue
      let phase = 'startup'
      const onDecision = ({ state }: { state: { phase: string } }): void => {
        if (state.phase !== phase) changes.add(`${phase} → ${state.phase}`)
        phase = state.phase
      }
      simulateFluid(scenario, () => createController({ onDecision }))
    }
  return changes
}

/** Throttles, errors and outages are answered in any state. */
const fromAnyState = / → (cut|outage)$/

describe('the drawing of the states in the README', () => {
  const changes = seen()

  it('has every change of state that the law makes, but those from any state to cut and outage', () => {
    const missing = [...changes].filter((change) => !drawn.has(change) && !fromAnyState.test(change))
    expect(missing).toEqual([])
  })

  it('has no change that the law does not make', () => {
    const never = [...drawn].filter((change) => {
      const [from, to] = change.split(' → ')
      return from !== to && !fromAnyState.test(change) && !changes.has(change)
    })
    expect(never).toEqual([])
  })
})
