import { summarize, type Summary } from '../statistics.js'

/** A small operation to be measured: `run` performs it `operations` times. */
export interface MicroTask {
  name: string
  /** One operation in words. */
  unit: string
  operations: number
  run(): Promise<void> | void
  /** Releases the task's resources. */
  close?(): Promise<void>
}

/** The cost of one operation: processor time of this process (all its threads) and elapsed time, in nanoseconds. */
export interface MicroFigure {
  name: string
  unit: string
  operations: number
  cpuNs: Summary
  wallNs: Summary
}

/** Runs a task once to warm up, then `repeats` times, with a garbage collection before each if the runtime offers it. */
export async function measureTask(
  task: MicroTask,
  repeats: number,
  signal?: AbortSignal,
): Promise<MicroFigure> {
  const cpu: number[] = []
  const wall: number[] = []
  for (let round = 0; round <= repeats; round += 1) {
    signal?.throwIfAborted()
    globalThis.gc?.()
    const cpuBefore = process.cpuUsage()
    const startedAt = performance.now()
    await task.run()
    const elapsedMs = performance.now() - startedAt
    const { user, system } = process.cpuUsage(cpuBefore)
    if (round === 0) continue
    cpu.push(((user + system) * 1_000) / task.operations)
    wall.push((elapsedMs * 1e6) / task.operations)
  }
  const { name, unit, operations } = task
  return { name, unit, operations, cpuNs: summarize(cpu)!, wallNs: summarize(wall)! }
}
