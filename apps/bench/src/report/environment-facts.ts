import type { Environment } from '../environment.js'
import { bytes, milliseconds, number } from '../format.js'

/** The environment for readers of a report. */
export function environmentFacts(environment: Environment, durationMs: number): [string, string][] {
  const { date, system, processor, processors, memoryBytes, loadBefore, node, commit, stores, clients } =
    environment
  return [
    ['Measured', `${date.slice(0, 16).replace('T', ' ')} UTC, in ${milliseconds(durationMs)}`],
    ['Machine', `${processor}, ${processors} processors, ${bytes(memoryBytes)}, ${system}`],
    ['Load before', number(loadBefore)],
    ['Stores', stores],
    ['Node', node],
    ...(commit === null ? [] : [['Commit', commit] satisfies [string, string]]),
    ...Object.entries(clients).map(([name, version]): [string, string] => [name, version]),
  ]
}
