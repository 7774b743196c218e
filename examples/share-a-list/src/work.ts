import type { HeldItem, Worker } from '@lagoon/jobs'
import { setTimeout as delay } from 'node:timers/promises'

/** Rows of an item in progress at a time. */
const IN_FLIGHT = 16

/** Takes items until the job is over. */
export async function work(worker: Worker): Promise<void> {
  for (let item = await worker.next(); item !== null; item = await worker.next()) {
    await workOn(item)
    if (item.complete) await item.finish()
    else await item.release()
  }
  await worker.close()
}

async function workOn(item: HeldItem): Promise<void> {
  const inFlight = new Set<Promise<void>>()
  for (let row = item.from; row < item.to!; row += 1) {
    let admission = item.begin(row)
    while (admission === 'wait') {
      await item.ready()
      admission = item.begin(row)
    }
    if (admission === 'gone') break
    if (admission === 'settled') continue
    const task = makeThumbnail(item, row).finally(() => inFlight.delete(task))
    inFlight.add(task)
    if (inFlight.size >= IN_FLIGHT) await Promise.race(inFlight)
  }
  await Promise.all(inFlight)
}

/** Stands for the real thing; one picture is damaged. */
async function makeThumbnail(item: HeldItem, row: number): Promise<void> {
  await delay(1)
  if (row === 1234) item.settle(row, { outcome: 'failed', failure: { reason: 'not a picture' } })
  else item.settle(row, { outcome: 'copied', bytes: 5000 })
}
