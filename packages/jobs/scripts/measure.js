// What a job costs its engine: `NATS_URL=nats://localhost:4222 node packages/jobs/scripts/measure.js` (after a build). Prints what is stored of a
// million keys under way and finished, the requests of an item, and the time and CPU time to read the status of 15,000 items.
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { endPlanning, joinJob, planManifest, readStatus, startWorker } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'

const servers = process.env.NATS_URL ?? 'nats://127.0.0.1:4222'
const ROWS = 65_536
const ITEMS = 16
const LIMIT = 32

const engine = await connectNats({ servers })
const jsm = await jetstreamManager(await connect({ servers: servers.replace('nats://', '') }))
const names = { small: `measure-${process.pid}`, large: `measure-large-${process.pid}` }

async function stored(job) {
  const streams = await Promise.all(
    [`LAGOON_${job}`, `KV_lagoon_${job}`].map((name) => jsm.streams.info(name)),
  )
  return streams.reduce((sum, { state }) => sum + state.bytes, 0)
}

/** Counts the calls of a port. */
function counting(port, counts) {
  return new Proxy(port, {
    get(target, name) {
      const value = target[name]
      if (typeof value !== 'function') return value
      return (...args) => {
        counts[name] = (counts[name] ?? 0) + 1
        return value.apply(target, args)
      }
    },
  })
}

const counts = {}
const joined = await joinJob(engine, { job: names.small, settings: {} })
const job = { ...joined, queue: counting(joined.queue, counts), records: counting(joined.records, counts) }
await planManifest(job, { key: 'manifest.parquet', etag: 'v', rowGroups: [ROWS * ITEMS] }, { itemRows: ROWS })
await endPlanning(job)
const worker = startWorker(job, { checkpointIntervalMs: 60_000 })
const items = []
for (let i = 0; i < ITEMS; i += 1) {
  const item = await worker.next()
  // Half done, and twice the limit and sixteen open above the mark, every second of which has ended.
  item.settleRows(item.from, item.from + ROWS / 2, 'copied')
  for (let row = 1; row < 2 * LIMIT + 16; row += 2)
    item.settle(item.from + ROWS / 2 + row, { outcome: 'copied', bytes: 32_768 })
  await item.checkpoint()
  items.push(item)
}
const millions = (ROWS * ITEMS) / 1e6
console.log(`stored of a million keys under way: ${Math.round((await stored(names.small)) / millions)} bytes`)
for (const item of items) {
  item.settleRows(item.from, item.to, 'copied')
  await item.finish()
}
await worker.close()
const kinds = ['next', 'get', 'create', 'replace', 'delete', 'time', 'counts']
const requests = kinds.reduce((sum, kind) => sum + (counts[kind] ?? 0), 0)
console.log(`requests of an item, one checkpoint included: ${(requests / ITEMS).toFixed(1)}`)
console.log(
  `stored of a million keys finished, before markers of deleted records expire: ${Math.round((await stored(names.small)) / millions)} bytes`,
)
await new Promise((resolve) => setTimeout(resolve, 65_000))
console.log(`stored of a million keys finished: ${Math.round((await stored(names.small)) / millions)} bytes`)

const large = await joinJob(engine, { job: names.large, settings: {} })
await planManifest(large, { key: 'm', etag: 'v', rowGroups: Array(938).fill(1_048_576) }, { itemRows: ROWS })
const record = {
  state: 'held',
  to: 1,
  through: 0,
  window: 'x'.repeat(40),
  counts: [1, 0, 0, 0, 0, 1],
  epoch: 1,
  holder: 'w-0123456789ab',
}
const value = Buffer.from(JSON.stringify(record))
for (let i = 0; i < 15_000; i += 100) {
  await Promise.all(
    Array.from({ length: 100 }, (_, j) => large.records.put(`item.0123456789abcdef.0.${i + j}`, value)),
  )
}
const readings = []
for (let i = 0; i < 7; i += 1) {
  const [cpu, began] = [process.cpuUsage(), performance.now()]
  await readStatus(large)
  const { user, system } = process.cpuUsage(cpu)
  readings.push({ ms: performance.now() - began, cpuMs: (user + system) / 1000 })
}
const median = (key) => readings.map((reading) => reading[key]).sort((a, b) => a - b)[3]
console.log(
  `status of 15,000 items: ${Math.round(median('ms'))} ms, ${Math.round(median('cpuMs'))} ms of CPU (median of 7)`,
)
for (const name of Object.values(names)) await engine.delete(name)
process.exit()
