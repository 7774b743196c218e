import { lagoonCli } from '../clients/lagoon.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { BenchError } from '../errors.js'
import { milliseconds } from '../format.js'
import { runMeasured } from '../measure/run-measured.js'
import { createProgress } from '../progress.js'
import { interleave } from '../schedule.js'
import type { Session } from '../session.js'
import { median, summarize, type Summary } from '../statistics.js'

/** What is started: Node with nothing to do first, which the others are set beside. */
export const startups = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'lagoon --version', args: [lagoonCli.pathname, '--version'] },
  { name: 'lagoon --help', args: [lagoonCli.pathname, '--help'] },
] as const

export interface Startup {
  name: string
  wallMs: Summary
  cpuMs: Summary | null
  /** Median of the ratios to Node's own start-up in the same round. */
  timesNode: number
}

export interface StartupResult {
  kind: 'startup'
  command: string
  environment: Environment
  durationMs: number
  startups: Startup[]
}

/** How long the command takes to start, in turn with Node itself. */
export async function startup(
  options: { repeats: number; command: string },
  session: Session,
): Promise<StartupResult> {
  const startedAt = performance.now()
  const environment = await captureEnvironment('none', {})
  const progress = createProgress(1)
  const walls = startups.map((): number[] => [])
  const cpus = startups.map((): number[] => [])
  for (const { variant, round } of interleave(startups.length, { warmUp: 1, measured: options.repeats })) {
    const { name, args } = startups[variant]!
    const { directory, signal } = session
    const run = await runMeasured({ command: process.execPath, args, env: {} }, { directory, signal })
    signal.throwIfAborted()
    if (run.exitCode !== 0) {
      throw new BenchError('LAGOON_BENCH_PRODUCT', `${name} ended with exit code ${run.exitCode}`, {
        hint: 'Build the workspace first: npx -y pnpm@12 build.',
      })
    }
    if (round === 0) continue
    walls[variant]!.push(run.wallMs)
    if (run.userMs !== null && run.systemMs !== null) cpus[variant]!.push(run.userMs + run.systemMs)
  }
  const results = startups.map(({ name }, index): Startup => {
    const ratios = walls[index]!.map((wallMs, round) => wallMs / walls[0]![round]!)
    return {
      name,
      wallMs: summarize(walls[index]!)!,
      cpuMs: summarize(cpus[index]!),
      timesNode: median(ratios),
    }
  })
  progress.step(results.map(({ name, wallMs }) => `${name} ${milliseconds(wallMs.median)}`).join(', '))
  return {
    kind: 'startup',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    startups: results,
  }
}
