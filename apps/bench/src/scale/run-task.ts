import { readFile } from 'node:fs/promises'
import { BenchError } from '../errors.js'
import { runMeasured, type Invocation, type Measurement } from '../measure/run-measured.js'
import type { Session } from '../session.js'
import type { ScaleAnswer, ScaleTask } from './scale-tasks.js'

const program = new URL('../../bin/scale-task.js', import.meta.url)

/** The young generation of V8 as `lagoon` holds it: left alone it grows to three times as much, whatever is done. */
const nodeFlags = ['--max-semi-space-size=8']

/** Longest time of one measurement: a hundred million keys on a slow disk. */
const timeoutMs = 2 * 3_600_000

/** Does a task in a process of its own. Throws `LAGOON_BENCH_PRODUCT` when it fails. */
export async function runTask(
  task: ScaleTask,
  session: Session,
): Promise<ScaleAnswer & { peakMemoryBytes: number | null }> {
  const invocation = {
    command: process.execPath,
    args: [...nodeFlags, program.pathname],
    env: { BENCH_SCALE_TASK: JSON.stringify(task) },
  }
  const { stdout, measured } = await runToEnd(invocation, task.task, session)
  return { ...(JSON.parse(stdout) as ScaleAnswer), peakMemoryBytes: measured.peakMemoryBytes }
}

/** Runs a program that must end well. Throws `LAGOON_BENCH_PRODUCT` with what it said. */
export async function runToEnd(
  invocation: Invocation,
  name: string,
  session: Session,
): Promise<{ stdout: string; measured: Measurement }> {
  const { directory, signal } = session
  const measured = await runMeasured(invocation, { directory, signal, timeoutMs })
  signal.throwIfAborted()
  if (measured.exitCode !== 0) {
    const said = (await readFile(measured.stderrFile, 'utf8')).trim().split('\n').slice(-5).join('\n')
    throw new BenchError('LAGOON_BENCH_PRODUCT', `${name} ended with exit code ${measured.exitCode}: ${said}`)
  }
  return { stdout: await readFile(measured.stdoutFile, 'utf8'), measured }
}
