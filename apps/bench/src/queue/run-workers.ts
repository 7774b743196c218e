import { mkdtemp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { lagoonCli, lagoonEnvironment } from '../clients/lagoon.js'
import type { BenchDataset } from '../dataset/dataset.js'
import { runMeasured, type ProcessMeasurement } from '../measure/run-measured.js'
import { withFreshBucket } from '../run/copy-once.js'
import { whyFailed } from '../run/run-copy.js'
import type { BenchSession } from '../session.js'
import { countObjects } from '../stores/buckets.js'
import type { BenchStores } from '../stores/store-pair.js'
import { followJob, type FollowedJob } from './follow-job.js'
import { settledOf, type Settled } from './settled.js'
import { readWorker, resumedAfter } from './worker-events.js'

/** One of the workers of a run. Parts are of the rows of the job that have an outcome, 0 to 1. */
export interface Member {
  /** In flight; undefined for one law for all of them. */
  readonly concurrency?: number | undefined
  /** When it is started; default at the beginning. */
  readonly joinsAt?: number
  /** When it is killed (SIGKILL); default never. */
  readonly killedAt?: number
}

/** Several workers that copy one dataset over a queue. */
export interface WorkersRun {
  readonly pair: BenchStores
  readonly dataset: BenchDataset
  readonly session: BenchSession
  /** URL of the NATS server; null for one process with a state of its own. */
  readonly queue: string | null
  readonly team: readonly Member[]
  /** Rows of an item; undefined for the product's own. */
  readonly itemRows: number | undefined
  readonly leaseS: number
  /** Time at the beginning that the settled figures leave out. */
  readonly settleSeconds: number
}

/** The result of one run. */
export interface WorkersSample {
  /** From the start of the first process until the last has ended. */
  readonly wallMs: number
  /** User and system time of all processes that exited normally. */
  readonly cpuMs: number | null
  readonly objects: number
  readonly objectsPerSecond: number
  /** Once all work and have settled; null where the run was over before. */
  readonly settled: Settled | null
  /** From the death of a worker until others had taken over all that it held; null without a death. */
  readonly resumedAfterMs: number | null
  /** Why the run doesn't count; null when it does. */
  readonly failure: string | null
}

interface Ended {
  readonly member: Member
  readonly measured: ProcessMeasurement
  /** By this machine's clock, ms. */
  readonly killedAtMs: number | null
}

/** Starts all workers, waits until they have ended, and checks that everything arrived. */
export async function runWorkers(run: WorkersRun): Promise<WorkersSample> {
  const { pair, dataset, session, team, queue } = run
  return withFreshBucket({ pair, session }, async ({ bucket, directory }) => {
    const { source, destination } = pair.forClients
    const env = lagoonEnvironment({
      source: { ...source, bucket: dataset.bucket },
      destination: { ...destination, bucket },
    })
    const job = `bench-${crypto.randomUUID()}`
    const folders = await Promise.all(team.map(() => mkdtemp(join(directory, 'worker-'))))
    const isFollowed = team.some(({ joinsAt, killedAt }) => joinsAt !== undefined || killedAt !== undefined)
    const followed = isFollowed && queue !== null ? followJob(queue, job) : null
    const began = performance.now()
    try {
      const ended = await Promise.all(
        team.map((member, index) =>
          runMember(run, { member, folder: folders[index]!, env, job, bucket }, followed),
        ),
      )
      const wallMs = performance.now() - began
      session.signal.throwIfAborted()
      await pair.setShaped(false)
      return await sampleOf(run, ended, wallMs, await countObjects(pair.destination, bucket))
    } finally {
      await followed?.close()
    }
  })
}

interface Place {
  readonly member: Member
  readonly folder: string
  readonly env: Record<string, string>
  readonly job: string
  readonly bucket: string
}

async function runMember(run: WorkersRun, place: Place, job: FollowedJob | null): Promise<Ended> {
  const { member, folder, env } = place
  const { dataset, session } = run
  const { joinsAt, killedAt } = member
  if (joinsAt !== undefined) await job?.reached(joinsAt * dataset.objects)
  const death = new AbortController()
  let killedAtMs: number | null = null
  const die = async (part: number): Promise<void> => {
    if ((await job?.reached(part * dataset.objects)) !== true) return
    killedAtMs = Date.now()
    death.abort()
  }
  if (killedAt !== undefined) void die(killedAt)
  const invocation = { command: process.execPath, args: argumentsOf(run, place), env }
  const options = { directory: folder, signal: session.signal, kill: death.signal }
  const measured = await runMeasured(invocation, options)
  // The job is over or has failed: its rows are no longer awaited.
  if (killedAtMs === null) await job?.close()
  return { member, measured, killedAtMs }
}

async function sampleOf(
  { dataset, settleSeconds }: WorkersRun,
  ended: readonly Ended[],
  wallMs: number,
  arrived: { objects: number; bytes: number },
): Promise<WorkersSample> {
  const failures = await Promise.all(
    ended.map(async ({ member, measured, killedAtMs }) => {
      if (member.killedAt === undefined) return whyFailed(measured, arrived, dataset)
      return killedAtMs === null ? 'the job was over before a worker could be killed' : null
    }),
  )
  const workers = await Promise.all(
    ended.map(async ({ measured }) => readWorker(await readFile(measured.stdoutFile, 'utf8'))),
  )
  const dead = ended.findIndex(({ killedAtMs }) => killedAtMs !== null)
  const cpu = ended.map(({ measured }) => measured.cpuMs)
  return {
    wallMs,
    // Of processes that overlap, the children's account grows by the time of all of them: the last one has seen everything.
    cpuMs: ended.length === 1 ? cpu[0]! : null,
    objects: dataset.objects,
    objectsPerSecond: (1000 * dataset.objects) / wallMs,
    settled: settledOf(workers, settleSeconds * 1000),
    resumedAfterMs:
      dead === -1
        ? null
        : resumedAfter(
            workers[dead]!,
            workers.filter((_, index) => index !== dead),
            ended[dead]!.killedAtMs!,
          ),
    failure: failures.find((why) => why !== null) ?? null,
  }
}

function argumentsOf({ queue, dataset, itemRows, leaseS }: WorkersRun, place: Place): string[] {
  const { member, folder, job } = place
  const { concurrency } = member
  return [
    lagoonCli.pathname,
    '--json',
    ...(queue === null
      ? [`--data-dir=${join(folder, 'data')}`]
      : [
          `--queue=${queue}`,
          `--job=${job}`,
          `--lease-s=${leaseS}`,
          ...(itemRows === undefined ? [] : [`--item-rows=${itemRows}`]),
        ]),
    `--manifest-prefix=${dataset.manifestPrefix}`,
    ...(concurrency === undefined ? [] : [`--concurrency=${concurrency}`]),
  ]
}
