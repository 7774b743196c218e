import { joinJob, readStatus } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'
import { provideNats } from '@lagoon/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { startCli } from './support/run-cli.js'
import { sandboxJob } from './support/sandbox-job.js'

interface Worker extends ReturnType<typeof startCli> {
  /** Its name in the job, once it has joined. */
  name: string
}

/** A record of an item, as far as it is read here. */
interface HeldRecord {
  readonly state: string
  readonly holder?: string
  readonly to: number
  /** Rows by their outcomes, and bytes. */
  readonly counts: readonly number[]
}

/** In each: four kills of workers, one of the server, a SIGTERM; in every other one a worker that is suspended beyond its lease. */
const rounds = Number(process.env['LAGOON_CHAOS_ROUNDS'] ?? 0)
const keysOfRound = 3000
const leaseMs = 3000
const inFlight = 8
const checkpointMs = 200
/** What a dead process has sent is at the destination after this time, well before anybody may take its rows over. */
const settledMs = 300

test.skipIf(rounds === 0)(
  'after repeated kills of workers and server the buckets are equal, the sums exact, and few copies repeated',
  { timeout: 120_000 * rounds },
  async () => {
    const nats = await provideNats()
    const job = await sandboxJob({
      destination: { logSize: 1_000_000 },
      env: {
        LAGOON_QUEUE: nats.url,
        LAGOON_JOB: 'kills',
        LAGOON_LEASE_S: String(leaseMs / 1000),
        LAGOON_CHECKPOINT_INTERVAL_S: String(checkpointMs / 1000),
        LAGOON_ITEM_ROWS: '100',
        LAGOON_CONCURRENCY: String(inFlight),
      },
    })
    const keys = Array.from({ length: rounds * keysOfRound }, (_, index) => `data/${index}`)
    await job.putObjects(keys)
    for (let start = 0; start < keys.length; start += 1000)
      await job.putKeys(`manifest/${start}.parquet`, keys.slice(start, start + 1000))
    job.destination.setShape({ latencyMs: 50 })

    const engine = await connectNats({ servers: nats.url })
    const workers: Worker[] = []
    const start = () => {
      const worker: Worker = {
        name: '',
        ...job.start(['--json'], {
          onEvent: (event) => {
            if (event['type'] === 'joined') worker.name = String(event['worker'])
          },
        }),
      }
      workers.push(worker)
    }
    for (let i = 0; i < 3; i += 1) start()

    const puts = () => job.destination.requests.records.filter(({ operation }) => operation === 'PutObject')
    const shared = async () => joinJob(engine, { job: 'kills' })
    /** What this worker has written, of the items in its hands, beyond what its last confirmed checkpoint says. */
    const unconfirmedBy = async ({ name }: Worker): Promise<number> => {
      await delay(settledMs)
      const { records } = await shared()
      const { manifests } = await readStatus(await shared())
      const written = new Set(puts().map(({ key }) => key))
      let unconfirmed = 0
      for await (const { key, value } of records.list('item.>')) {
        const item = JSON.parse(Buffer.from(value).toString()) as HeldRecord
        if (item.state !== 'held' || item.holder !== name) continue
        const [, manifest, , from] = key.split('.')
        const first = Number(/\d+/.exec(manifests.find(({ id }) => id === manifest)!.key))
        const own = keys.slice(first + Number(from), first + item.to).filter((each) => written.has(each))
        unconfirmed += own.length - item.counts.slice(0, 5).reduce((sum, count) => sum + count, 0)
      }
      return unconfirmed
    }
    let bound = 0
    const copied = () => job.copied().length
    const reached = async (count: number) => {
      while (copied() < count) await delay(20)
    }
    let [kills, stops] = [0, 0]
    for (let round = 0; round < rounds; round += 1) {
      const at = (part: number) => reached(keysOfRound * (round + part))
      for (const part of [0.1, 0.25, 0.4, 0.55]) {
        await at(part)
        const victim = workers.shift()!
        victim.child.kill('SIGKILL')
        await victim.done
        kills += 1
        bound += await unconfirmedBy(victim)
        start()
      }
      await at(0.65)
      const drained = workers.shift()!
      drained.child.kill('SIGTERM')
      expect((await drained.done).code).toBe(143)
      start()
      await nats.kill()
      await delay(500)
      await nats.restart()
      await at(0.8)
      if (round % 2 === 1) {
        workers[0]!.child.kill('SIGSTOP')
        // What it has read it still writes when it wakes up.
        bound += (await unconfirmedBy(workers[0]!)) + inFlight
        await delay(leaseMs * 1.7)
        workers[0]!.child.kill('SIGCONT')
        stops += 1
      }
    }
    const ends = await Promise.all(workers.map(({ done }) => done))
    expect(ends.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(workers.map(() => ''))
    expect(job.copied()).toEqual([...keys].sort())
    for (const key of keys.filter((_, index) => index % 97 === 0))
      expect((await job.destination.store.get('copy', key))!.bytes.toString()).toBe(key)
    const { counts, rows } = await readStatus(await shared())
    expect([rows, counts.copied, counts.failed]).toEqual([keys.length, keys.length, 0])

    // Kills of the server and SIGTERM cost nothing.
    const again = puts().length - keys.length
    console.log(
      `${kills} kills, ${rounds} of the server, ${stops} stops: ${again} of ${keys.length} again, bound ${bound}`,
    )
    expect(again).toBeLessThanOrEqual(bound)
    await engine.close()
    await nats.stop()
  },
)
