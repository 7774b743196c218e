import type { HoldingContext } from './context.js'
import type { Holding } from './holding.js'

/** How often a holder checks whether other workers are idle. */
const SPLIT_CHECK_MS = 5000

/** Maintains an item while this worker holds it: checkpoints, the lease, and splits for idle workers. */
export async function keepUp({ job, options, outage }: HoldingContext, item: Holding): Promise<void> {
  const { clock, leaseMs } = job
  const renewMs = Math.min(10_000, leaseMs / 3)
  const intervalMs = Math.min(options.checkpointIntervalMs, renewMs)
  let splitCheckedAt = clock.now()
  while (!item.signal.aborted) {
    await clock.sleep(intervalMs, item.signal)
    if (item.signal.aborted) return
    try {
      if (item.isDirty || clock.now() - item.writer.confirmedAt >= renewMs) {
        await item.checkpoint()
        outage.over()
      }
      if (clock.now() - splitCheckedAt < SPLIT_CHECK_MS) continue
      splitCheckedAt = clock.now()
      if (!item.takesLonger(options.splitAfterMs)) continue
      const { pending, pulls } = await job.queue.counts()
      if (pending === 0 && pulls > 0) await item.giveHalfAway()
    } catch (error) {
      outage.note(error)
    }
  }
}
