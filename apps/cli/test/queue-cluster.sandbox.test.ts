import { joinJob, readStatus } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'
import { freePort, provideNats, type NatsServer } from '@lagoon/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { sandboxJob } from './support/sandbox-job.js'

/** Elections among three servers take their seconds. */
const isAsked = process.env['LAGOON_CLUSTER_TEST'] !== undefined
const objects = 1500

interface Member {
  readonly name: string
  readonly server: NatsServer
  readonly monitor: string
}

/** Three servers that are one cluster, on three ports of this machine. */
async function startCluster(): Promise<Member[]> {
  const [routes, monitors] = [await freePorts(), await freePorts()]
  const urls = routes.map((port) => `"nats://127.0.0.1:${port}"`).join(', ')
  return Promise.all(
    routes.map(async (route, index) => {
      const name = `n${index + 1}`
      const config = [
        `server_name: ${name}`,
        `http: "127.0.0.1:${monitors[index]}"`,
        `cluster { name: lagoon, listen: "127.0.0.1:${route}", routes: [${urls}] }`,
      ].join('\n')
      const server = await provideNats({ config })
      onTestFinished(() => server.stop())
      return { name, server, monitor: `http://127.0.0.1:${monitors[index]}` }
    }),
  )
}

const freePorts = async (): Promise<number[]> => [await freePort(), await freePort(), await freePort()]

interface StreamsOfAccounts {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string
      readonly cluster: { readonly leader: string }
    }[]
  }[]
}

/** The server that leads a stream, as another one sees it. */
async function leaderOf(stream: string, { monitor }: Member): Promise<string | undefined> {
  const answer = (await (await fetch(`${monitor}/jsz?streams=1`)).json()) as StreamsOfAccounts
  const streams = answer.account_details?.flatMap(({ stream_detail: all = [] }) => all)
  return streams?.find(({ name }) => name === stream)?.cluster.leader
}

test.skipIf(!isAsked)(
  'a job with three copies outlives the server that leads its records, and that server may come back',
  { timeout: 120_000 },
  async () => {
    const cluster = await startCluster()
    const queue = cluster.map(({ server }) => server.url).join(',')
    const job = await sandboxJob({
      destination: { logSize: 100_000 },
      env: { LAGOON_QUEUE: queue, LAGOON_JOB: 'lake', LAGOON_LEASE_S: '15', LAGOON_QUEUE_REPLICAS: '3' },
    })
    const keys = Array.from({ length: objects }, (_, index) => `data/${index}`)
    await job.putObjects(keys)
    await job.putKeys('manifest/1.parquet', keys)
    job.destination.setShape({ latencyMs: 50 })
    const args = ['--json', '--concurrency', '4', '--item-rows', '50']
    const workers = [job.start(args), job.start(args)]
    const reached = async (count: number) => {
      while (job.copied().length < count) await delay(20)
    }
    await reached(objects / 3)
    const leader = await leaderOf('KV_lagoon_lake', cluster[0]!)
    const victim = cluster.find(({ name }) => name === leader)!
    await victim.server.kill()
    const killedAt = performance.now()
    await reached((2 * objects) / 3)
    await victim.server.restart()
    const ends = await Promise.all(workers.map(({ done }) => done))
    expect(ends.map(({ code, stderr }) => (code === 0 ? '' : stderr))).toEqual(['', ''])
    expect(job.copied()).toEqual([...keys].sort())
    const engine = await connectNats({ servers: queue.split(',') })
    const { counts, rows } = await readStatus(await joinJob(engine, { job: 'lake' }))
    expect([rows, counts.copied, counts.failed]).toEqual([objects, objects, 0])
    expect(await engine.replicasOf('lake')).toEqual({ queue: 3, records: 3 })
    await engine.close()
    const puts = job.destination.requests.records.filter(({ operation }) => operation === 'PutObject')
    console.log(
      `${leader} killed, over after another ${Math.round(performance.now() - killedAt)} ms, ${puts.length - objects} copied again`,
    )
    // Only a server died: an election is well within the time that a worker copies on without a confirmed record.
    expect(puts.length).toBe(objects)
  },
)
