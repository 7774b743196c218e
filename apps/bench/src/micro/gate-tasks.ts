import { createController, createGate } from '@lagoon/aimd'
import type { MicroTask } from './measure-task.js'

/** Acquiring and releasing a permit, with room and in a queue; and an update of the controller. */
export function gateTasks(): MicroTask[] {
  return [
    {
      name: 'gate, room',
      unit: 'permit',
      operations: 1_000_000,
      run() {
        const gate = createGate(64)
        for (let index = 0; index < 1_000_000; index += 1) gate.tryAcquire()!.release()
      },
    },
    {
      name: 'gate, queue',
      unit: 'permit',
      operations: 200_000,
      async run() {
        const gate = createGate(8)
        const take = async (): Promise<void> => {
          for (let index = 0; index < 200_000 / 64; index += 1) {
            const permit = await gate.acquire()
            await Promise.resolve()
            permit.release()
          }
        }
        await Promise.all(Array.from({ length: 64 }, take))
      },
    },
    {
      name: 'controller',
      unit: 'update',
      operations: 100_000,
      run() {
        const controller = createController()
        for (let index = 0; index < 100_000; index += 1) {
          const { limit } = controller
          const latencyMs = { p50: 20 + (index % 7), p90: 40 + (index % 11) }
          const succeeded = Math.round(limit * 25)
          controller.update({
            elapsedMs: 1000,
            succeeded,
            failed: 0,
            throttled: 0,
            bytes: 1e6,
            latencyMs,
            inFlight: limit,
          })
        }
      },
    },
  ]
}
