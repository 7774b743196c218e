// Three workers share a list of 3,000 rows. One dies in the middle, and the others continue its items. The engine is in memory;
// `connectNats` of `@lagoon/jobs/nats` takes its place where workers are processes on several machines.
import { endPlanning, joinJob, planManifest, readFailures, readStatus, startWorker } from '@lagoon/jobs'
import { createMemoryServer } from '@lagoon/jobs/memory'
import { work } from './work.ts'

const server = createMemoryServer()
// A short lease, so that the dead worker's rows are continued soon; the default is 30 s.
const options = { job: 'thumbnails', settings: { width: 200 }, leaseMs: 1000 }

const job = await joinJob(server.connect('planner'), options)
await planManifest(job, { key: 'pictures.csv', etag: 'v1', rowGroups: [3000] }, { itemRows: 200 })
await endPlanning(job)

// This one takes an item, does a part of it, and is never heard of again.
const connection = server.connect('one')
const one = startWorker(await joinJob(connection, options), { id: 'one' })
const abandoned = (await one.next())!
for (let row = abandoned.from; row < abandoned.from + 50; row += 1) {
  if (abandoned.begin(row) === 'begin') abandoned.settle(row, { outcome: 'copied' })
}
await abandoned.checkpoint()
connection.kill()
console.log('worker one is gone')

await Promise.all(
  ['two', 'three'].map(async (id) => work(startWorker(await joinJob(server.connect(id), options), { id }))),
)
const { rows, counts } = await readStatus(job)
console.log(`${counts.copied} of ${rows} rows, ${counts.failed} failed`)
for await (const { row, failure } of readFailures(job)) console.log(`row ${row}:`, failure)
