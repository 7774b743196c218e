import { endPlanning, joinJob, planManifest, startWorker } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'
import type { BenchSession } from '../session.js'
import { median } from '../statistics.js'

const itemRows = 65_536
/** A worker that copies 5,000 objects per second finishes an item in 13 seconds, with a checkpoint in each. */
const checkpoints = 13

/**
 * Processor time of the job's protocol for each object, in µs: what `begin` and `settle` of each row, the checkpoints, and taking and finishing
 * an item take in a worker's process. One value for each of `items` items, after one that is not measured.
 */
export async function measureProtocol(url: string, items: number, session: BenchSession): Promise<number[]> {
  const engine = await connectNats({ servers: url })
  const name = `bench-protocol-${process.pid}`
  session.defer(async () => {
    await engine.delete(name)
    await engine.close()
  })
  const job = await joinJob(engine, { job: name, settings: {} })
  const rowGroups = [itemRows * (items + 1)]
  await planManifest(job, { key: 'manifest.parquet', etag: 'v', rowGroups }, { itemRows })
  await endPlanning(job)
  const worker = startWorker(job, { checkpointIntervalMs: 60_000 })
  const cpuUs: number[] = []
  for (let i = 0; i <= items; i += 1) {
    const before = process.cpuUsage()
    const item = (await worker.next())!
    const every = Math.ceil((item.to! - item.from) / checkpoints)
    for (let row = item.from; row < item.to!; row += 1) {
      if (item.begin(row) !== 'begin') throw new Error(`row ${row} of a new item could not be begun`)
      item.settle(row, { outcome: 'copied', bytes: 32_768 })
      if ((row - item.from) % every === every - 1) await item.checkpoint()
    }
    await item.finish()
    const { user, system } = process.cpuUsage(before)
    if (i > 0) cpuUs.push((user + system) / itemRows)
  }
  await worker.close()
  session.step(`${median(cpuUs).toFixed(2)} µs of processor time for each object`)
  return cpuUs
}
