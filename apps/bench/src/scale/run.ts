import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openStateReadOnly } from '@lagoon/state-lmdb'
import { lagoonCli, lagoonEnvironment } from '../clients/lagoon.js'
import { BenchError } from '../errors.js'
import { runMeasured, type Invocation, type ProcessMeasurement } from '../measure/run-measured.js'
import type { BenchSession } from '../session.js'
import type { BucketAccess } from '../stores/buckets.js'
import type { JobIdentity, ScaleAnswer, ScaleTask } from './tasks.js'

/** Two buckets, and the prefix of the manifests in the first. */
export interface ScaleJob {
  source: BucketAccess & { bucket: string }
  destination: BucketAccess & { bucket: string }
  prefix: string
}

const program = new URL('../../bin/scale-task.js', import.meta.url)

/** The size of V8's young generation as set by `lagoon`: by default it grows to three times as much, whatever is done. */
const nodeFlags = ['--max-semi-space-size=8']

/** Maximum duration of one measurement: a hundred million keys on a slow disk. */
const timeoutMs = 2 * 3_600_000

/** Runs a task in a process of its own. Throws `LAGOON_BENCH_PRODUCT` if it fails. */
export async function runTask(
  task: ScaleTask,
  session: BenchSession,
): Promise<ScaleAnswer & { peakMemoryBytes: number | null }> {
  const args = [...nodeFlags, program.pathname]
  const invocation = { command: process.execPath, args, env: { BENCH_SCALE_TASK: JSON.stringify(task) } }
  const { stdout, measured } = await runToEnd(invocation, task.task, session)
  return { ...(JSON.parse(stdout) as ScaleAnswer), peakMemoryBytes: measured.peakMemoryBytes }
}

/** Runs a program that must succeed. Throws `LAGOON_BENCH_PRODUCT` with its output. */
async function runToEnd(
  invocation: Invocation,
  name: string,
  { directory, signal }: BenchSession,
): Promise<{ stdout: string; measured: ProcessMeasurement }> {
  const measured = await runMeasured(invocation, { directory, signal, timeoutMs })
  signal.throwIfAborted()
  if (measured.exitCode !== 0) {
    const said = (await readFile(measured.stderrFile, 'utf8')).trim().split('\n').slice(-5).join('\n')
    throw new BenchError('LAGOON_BENCH_PRODUCT', `${name} ended with exit code ${measured.exitCode}: ${said}`)
  }
  return { stdout: await readFile(measured.stdoutFile, 'utf8'), measured }
}

/** Runs `lagoon` with these arguments. */
export async function runLagoon(
  job: ScaleJob,
  args: readonly string[],
  session: BenchSession,
): Promise<{ stdout: string; measured: ProcessMeasurement }> {
  const all = [lagoonCli.pathname, ...args]
  return runToEnd(
    { command: process.execPath, args: all, env: lagoonEnvironment(job) },
    `lagoon ${args[0]}`,
    session,
  )
}

/** Runs `lagoon sync` on a data directory, and checks its figures. */
export async function runProduct(
  job: ScaleJob,
  directory: string,
  flags: readonly string[],
  expected: { planned: number; skipped: number },
  session: BenchSession,
): Promise<ProcessMeasurement> {
  const args = ['sync', '--json', '--data-dir', directory, '--manifest-prefix', job.prefix, ...flags]
  const { stdout, measured } = await runLagoon(job, args, session)
  const summary = stdout.trimEnd().split('\n').at(-1)!
  const { planned, skipped } = JSON.parse(summary) as { planned: number; skipped: number }
  if (planned !== expected.planned || skipped !== expected.skipped) {
    throw new BenchError('LAGOON_BENCH_PRODUCT', `lagoon sync: ${summary}, not ${JSON.stringify(expected)}`)
  }
  return measured
}

/** The identity of a state of this job, taken from one that a run over no manifests created. */
export async function identityOfScaleJob(job: ScaleJob, session: BenchSession): Promise<JobIdentity> {
  const directory = join(session.directory, 'identity')
  await runLagoon(job, ['sync', '--data-dir', directory, '--manifest-prefix', 'none/'], session)
  const state = await openStateReadOnly({ directory })
  try {
    const [run] = state.runs()
    const { source, destination } = run!.info as JobIdentity
    return { source, destination }
  } finally {
    await state.close()
  }
}
