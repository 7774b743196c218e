import { join } from 'node:path'
import { openStateReadOnly } from '@lagoon/state-lmdb'
import { lagoonCli, lagoonEnvironment } from '../clients/lagoon.js'
import { BenchError } from '../errors.js'
import type { Measurement } from '../measure/run-measured.js'
import type { StoreAccess } from '../s3/sign-request.js'
import type { Session } from '../session.js'
import { runToEnd } from './run-task.js'
import type { JobIdentity } from './scale-tasks.js'

/** Two buckets, and where the manifests lie in the first. */
export interface ScaleJob {
  source: StoreAccess & { bucket: string }
  destination: StoreAccess & { bucket: string }
  prefix: string
}

/** Runs `lagoon` with these arguments. */
export async function runLagoon(
  job: ScaleJob,
  args: readonly string[],
  session: Session,
): Promise<{ stdout: string; measured: Measurement }> {
  const invocation = {
    command: process.execPath,
    args: [lagoonCli.pathname, ...args],
    env: lagoonEnvironment(job),
  }
  return runToEnd(invocation, `lagoon ${args[0]}`, session)
}

/** Runs `lagoon sync` on a data directory, and checks what it says of the keys. */
export async function runSync(
  job: ScaleJob,
  directory: string,
  flags: readonly string[],
  expected: { planned: number; skipped: number },
  session: Session,
): Promise<Measurement> {
  const args = ['sync', '--json', '--data-dir', directory, '--manifest-prefix', job.prefix, ...flags]
  const { stdout, measured } = await runLagoon(job, args, session)
  const summary = stdout.trimEnd().split('\n').at(-1)!
  const { planned, skipped } = JSON.parse(summary) as { planned: number; skipped: number }
  if (planned !== expected.planned || skipped !== expected.skipped) {
    throw new BenchError('LAGOON_BENCH_PRODUCT', `lagoon sync: ${summary}, not ${JSON.stringify(expected)}`)
  }
  return measured
}

/** What a state of this job is bound to, out of one that a run over no manifests made. */
export async function identityOf(job: ScaleJob, session: Session): Promise<JobIdentity> {
  const directory = join(session.directory, 'identity')
  await runLagoon({ ...job }, ['sync', '--data-dir', directory, '--manifest-prefix', 'none/'], session)
  const state = await openStateReadOnly({ directory })
  try {
    const [run] = state.runs()
    const { source, destination } = run!.info as JobIdentity
    return { source, destination }
  } finally {
    await state.close()
  }
}
