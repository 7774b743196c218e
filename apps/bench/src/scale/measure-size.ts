import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runMeasured, type ProcessMeasurement } from '../measure/run-measured.js'
import { putManifests } from '../dataset/put-manifests.js'
import type { BenchSession } from '../session.js'
import { median, summarize } from '../statistics.js'
import { createBucket, removeBucket } from '../stores/buckets.js'
import { runProduct, runTask, type ScaleJob } from './run.js'
import { scaleKey, type JobIdentity, type ScaleAnswer } from './tasks.js'

/** Keys per second, by elapsed time and by processor time. */
export interface Rate {
  perSecond: number
  perCpuSecond: number
}

/** The cost of a job with this many keys. Memory is the peak of the process. */
export interface SizeResult {
  keys: number
  manifests: { files: number; bytes: number }
  /** All keys recorded as complete: bytes of the state's file per key once the last one is durable. */
  bytesPerKey: number
  recorded: Rate
  recordMemoryBytes: number | null
  lookedUp: Rate
  lookUpMemoryBytes: number | null
  read: Rate
  readMemoryBytes: number | null
  /** A run over finished manifests, from start to exit, beside an idle Node process. */
  finishedRunMs: number
  finishedRunCpuMs: number | null
  nodeMs: number
  finishedRunMemoryBytes: number | null
  /** Dry runs, by how much of the job is complete. */
  dryRuns: Record<'none' | 'half' | 'all', DryRun>
}

/** A dry run, from start to exit. */
export type DryRun = Pick<ProcessMeasurement, 'wallMs' | 'cpuMs' | 'peakMemoryBytes'>

/** Rounds of measurements that take less than a second. */
const shortRounds = 5

/** Measures one size in an empty bucket, and empties it afterwards. */
export async function measureSize(
  keys: number,
  { job, identity, session }: { job: ScaleJob; identity: JobIdentity; session: BenchSession },
): Promise<SizeResult> {
  const { source, prefix } = job
  const { bucket } = source
  const directory = join(session.directory, `state-${keys}`)
  const half = join(session.directory, `half-${keys}`)
  try {
    const recorded = await runTask({ task: 'record', directory, identity, keys, step: 1 }, session)
    session.step(`${keys} keys recorded`)
    const lookedUp = await runTask({ task: 'look-up', directory, identity, keys }, session)
    session.step(`${lookedUp.keys} keys looked up`)
    const manifests = await putManifests(source, { bucket, prefix }, keys, session.signal, scaleKey)
    session.step(`${manifests.files} manifests put`)
    const read = await runTask({ task: 'read', access: source, bucket, prefix }, session)
    session.step(`${read.keys} keys read`)
    const all = await dryRun(job, directory, { planned: 0, skipped: keys }, session)
    session.step('dry run, all complete')
    await runTask({ task: 'finish', directory, identity, access: source, bucket, prefix }, session)
    const finished = await finishedRuns(job, directory, keys, session)
    session.step('runs over finished manifests')
    await rm(directory, { recursive: true })
    const none = await dryRun(job, directory, { planned: keys, skipped: 0 }, session)
    session.step('dry run, nothing complete')
    await runTask({ task: 'record', directory: half, identity, keys: Math.ceil(keys / 2), step: 2 }, session)
    const expected = { planned: Math.floor(keys / 2), skipped: Math.ceil(keys / 2) }
    const dryRuns = { none, half: await dryRun(job, half, expected, session), all }
    session.step('dry run, half complete')
    return {
      keys,
      manifests,
      bytesPerKey: recorded.fileBytes! / keys,
      recorded: rateOf(recorded),
      recordMemoryBytes: recorded.peakMemoryBytes,
      lookedUp: rateOf(lookedUp),
      lookUpMemoryBytes: lookedUp.peakMemoryBytes,
      read: rateOf(read),
      readMemoryBytes: read.peakMemoryBytes,
      ...finished,
      dryRuns,
    }
  } finally {
    // For the next size.
    await removeBucket(source, bucket)
    await createBucket(source, bucket)
    await rm(directory, { recursive: true, force: true })
    await rm(half, { recursive: true, force: true })
  }
}

async function dryRun(
  job: ScaleJob,
  directory: string,
  expected: { planned: number; skipped: number },
  session: BenchSession,
): Promise<DryRun> {
  const { wallMs, cpuMs, peakMemoryBytes } = await runProduct(
    job,
    directory,
    ['--dry-run'],
    expected,
    session,
  )
  return { wallMs, cpuMs, peakMemoryBytes }
}

async function finishedRuns(
  job: ScaleJob,
  directory: string,
  keys: number,
  session: BenchSession,
): Promise<Pick<SizeResult, 'finishedRunMs' | 'finishedRunCpuMs' | 'nodeMs' | 'finishedRunMemoryBytes'>> {
  const runs: number[] = []
  const cpu: (number | null)[] = []
  const nodes: number[] = []
  const memory: (number | null)[] = []
  for (let round = 0; round < shortRounds; round += 1) {
    const run = await runProduct(job, directory, [], { planned: 0, skipped: keys }, session)
    runs.push(run.wallMs)
    cpu.push(run.cpuMs)
    memory.push(run.peakMemoryBytes)
    const nothing = { command: process.execPath, args: ['-e', '0'], env: {} }
    nodes.push((await runMeasured(nothing, session)).wallMs)
  }
  return {
    finishedRunMs: median(runs),
    finishedRunCpuMs: summarize(cpu)?.median ?? null,
    nodeMs: median(nodes),
    finishedRunMemoryBytes: summarize(memory)?.max ?? null,
  }
}

function rateOf({ keys, durationMs, cpuMs }: ScaleAnswer): Rate {
  return { perSecond: (keys * 1_000) / durationMs, perCpuSecond: (keys * 1_000) / cpuMs }
}
