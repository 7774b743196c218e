import { workloadNamed, type Workload } from '../data/workloads.js'

/** One workload of a plan, with the number of objects settled. */
export interface PlannedWorkload {
  workload: Workload
  objects: number
  bytes: number
  seed: number
}

/** What is to be copied. `objects` overrides each workload's own number. */
export function planWorkloads(
  names: readonly string[],
  objects: number | undefined,
  seed: number,
): PlannedWorkload[] {
  return names.map((name) => {
    const workload = workloadNamed(name)
    const count = objects ?? workload.objects
    let bytes = 0
    for (let index = 0; index < count; index += 1) bytes += workload.sizeBytes(index, seed)
    return { workload, objects: count, bytes, seed }
  })
}
