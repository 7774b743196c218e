import { setTimeout as delay } from 'node:timers/promises'
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import {
  endPlanning,
  joinJob,
  planManifest,
  readStatus,
  startWorker,
  type Engine,
  type Job,
} from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'
import type { BenchSession } from '../session.js'
import { median } from '../statistics.js'

/** Rows per item. */
const itemRows = 65_536
/** Number of measured items. */
const items = 16
/** Rows in flight of a worker: twice as many and sixteen are open above the watermark. */
const limit = 32
/** Markers of deleted records expire after a minute. */
const markersMs = 65_000

/** The load of a job on its engine. */
export interface EngineCosts {
  /** Bytes stored per million keys: half done in each held item, and when all are finished. */
  readonly bytesUnderWay: number
  readonly bytesFinished: number
  /** Requests with a response, for an item with one checkpoint, and per key. */
  readonly requestsOfItem: number
  readonly requestsOfKey: number
  /** Messages stored for an item with one checkpoint. */
  readonly storedOfKey: number
}

/** Reads of a job's status, in ms. */
export interface StatusTimes {
  readonly items: number
  readonly wallMs: number[]
  readonly cpuMs: number[]
}

/**
 * Works through a job of sixteen items of 65,536 rows, and reads what the engine stores. Takes a minute, until markers of deleted records
 * have expired.
 */
export async function measureEngine(url: string, session: BenchSession): Promise<EngineCosts> {
  const engine = await connectNats({ servers: url })
  const nats = await connect({ servers: url })
  const jsm = await jetstreamManager(nats)
  const name = `bench-${process.pid}`
  session.defer(async () => {
    await engine.delete(name)
    await nats.close()
    await engine.close()
  })
  const requests: Record<string, number> = {}
  const joined = await joinJob(engine, { job: name, settings: {} })
  const job: Job = {
    ...joined,
    queue: counting(joined.queue, requests),
    records: counting(joined.records, requests),
  }
  await planManifest(job, { key: 'manifest.parquet', etag: 'v', rowGroups: [itemRows * items] }, { itemRows })
  await endPlanning(job)
  const worker = startWorker(job, { checkpointIntervalMs: 60_000 })
  const held = []
  for (let i = 0; i < items; i += 1) {
    const item = (await worker.next())!
    const half = item.from + itemRows / 2
    item.settleRows(item.from, half, 'copied')
    for (let row = 1; row < 2 * limit + 16; row += 2)
      item.settle(half + row, { outcome: 'copied', bytes: 32_768 })
    await item.checkpoint()
    held.push(item)
  }
  const millions = (itemRows * items) / 1e6
  const bytesUnderWay = (await storedBytes(jsm, name)) / millions
  session.step(`${Math.round(bytesUnderWay)} bytes of a million keys in progress`)
  for (const item of held) {
    item.settleRows(item.from, item.to!, 'copied')
    await item.finish()
  }
  await worker.close()
  const sumOf = (kinds: readonly string[]) => kinds.reduce((sum, kind) => sum + (requests[kind] ?? 0), 0)
  const writes = sumOf(['publish', 'create', 'put', 'replace', 'delete'])
  const answered = writes + sumOf(['next', 'get', 'time', 'counts', 'ack'])
  await delay(markersMs, undefined, { signal: session.signal })
  const bytesFinished = (await storedBytes(jsm, name)) / millions
  session.step(`${Math.round(bytesFinished)} bytes of a million keys finished`)
  return {
    bytesUnderWay,
    bytesFinished,
    requestsOfItem: answered / items,
    requestsOfKey: answered / items / itemRows,
    storedOfKey: writes / items / itemRows,
  }
}

/** Reads the status of a job whose items are all in progress, `repeats` times. */
export async function measureStatus(
  url: string,
  { items: count, repeats }: { items: number; repeats: number },
  session: BenchSession,
): Promise<StatusTimes> {
  const engine = await connectNats({ servers: url })
  const name = `bench-status-${process.pid}`
  session.defer(async () => {
    await engine.delete(name)
    await engine.close()
  })
  const job = await fillJob(engine, name, count)
  const times: StatusTimes = { items: count, wallMs: [], cpuMs: [] }
  for (let i = 0; i <= repeats; i += 1) {
    const [cpu, began] = [process.cpuUsage(), performance.now()]
    await readStatus(job)
    const { user, system } = process.cpuUsage(cpu)
    if (i === 0) continue
    times.wallMs.push(performance.now() - began)
    times.cpuMs.push((user + system) / 1000)
  }
  session.step(`status of ${count} items in ${Math.round(median(times.wallMs))} ms`)
  return times
}

/** A job with this many items, each held by a worker. */
async function fillJob(engine: Engine, name: string, count: number): Promise<Job> {
  const job = await joinJob(engine, { job: name, settings: {} })
  const groupItems = 16
  const rowGroups = Array.from({ length: Math.ceil(count / groupItems) }, () => groupItems * itemRows)
  const { manifest } = await planManifest(job, { key: 'm', etag: 'v', rowGroups }, { itemRows })
  for (let from = 0; from < count; from += 100) {
    await Promise.all(
      Array.from({ length: Math.min(100, count - from) }, (_, i) => {
        const first = (from + i) * itemRows
        const value = {
          state: 'held',
          to: first + itemRows,
          through: first + itemRows / 2,
          window: 'x'.repeat(40),
          counts: [itemRows / 2, 0, 0, 0, 0, 1e9],
          epoch: 1,
          holder: 'w-0123456789ab',
        }
        const key = `item.${manifest}.${Math.floor((from + i) / groupItems)}.${first}`
        return job.records.put(key, Buffer.from(JSON.stringify(value)))
      }),
    )
  }
  return job
}

async function storedBytes(jsm: JetStreamManager, job: string): Promise<number> {
  const streams = await Promise.all(
    [`LAGOON_${job}`, `KV_lagoon_${job}`].map((name) => jsm.streams.info(name)),
  )
  return streams.reduce((sum, { state }) => sum + state.bytes, 0)
}

/** Counts the calls of a port. */
function counting<Port extends object>(port: Port, counts: Record<string, number>): Port {
  return new Proxy(port, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown
      if (typeof value !== 'function') return value
      return (...args: unknown[]) => {
        counts[String(name)] = (counts[String(name)] ?? 0) + 1
        return Reflect.apply(value, target, args) as unknown
      }
    },
  })
}
