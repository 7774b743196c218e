import { defineCommand } from '../cli/command.js'
import { count } from '../cli/options.js'
import { lagoonCli } from '../clients/lagoon.js'
import type { MeasuredOn } from '../environment.js'
import { BenchError } from '../errors.js'
import { milliseconds, percent, times } from '../format.js'
import { runMeasured } from '../measure/run-measured.js'
import { bars, table } from '../report/sections.js'
import { interleave } from '../schedule.js'
import { median, summarize } from '../statistics.js'

/** The programs to start; first Node with an empty program, which the others are compared with. */
const programs = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'lagoon --version', args: [lagoonCli.pathname, '--version'] },
  { name: 'lagoon --help', args: [lagoonCli.pathname, '--help'] },
] as const

interface Startup {
  name: string
  /** One value per round. */
  wallMs: number[]
  cpuMs: (number | null)[]
  /** Median of the ratios to Node's start-up time in the same round. */
  timesNode: number
}

/** The start-up time of the command, in turn with Node itself. */
export const startup = defineCommand({
  name: 'startup',
  summary: 'Measure how long lagoon takes to start, in turn with Node itself',
  options: { repeats: count('Measured starts of each', 21) },
  example: ['--repeats 5', 'A quick look'],

  async measure({ repeats }, session): Promise<{ startups: Startup[] } & MeasuredOn> {
    const { signal, directory } = session
    session.expect(1)
    const startups = programs.map(({ name }): Startup => ({
      name,
      wallMs: [],
      cpuMs: [],
      timesNode: Number.NaN,
    }))
    for (const { variant, round } of interleave(programs.length, { warmUp: 1, measured: repeats })) {
      const { name, args } = programs[variant]!
      const run = await runMeasured({ command: process.execPath, args, env: {} }, { directory, signal })
      signal.throwIfAborted()
      if (run.exitCode !== 0) {
        throw new BenchError('LAGOON_BENCH_PRODUCT', `${name} ended with exit code ${run.exitCode}`, {
          hint: 'Build the workspace first: npx -y pnpm@12 build.',
        })
      }
      if (round === 0) continue
      startups[variant]!.wallMs.push(run.wallMs)
      startups[variant]!.cpuMs.push(run.cpuMs)
    }
    const node = startups[0]!.wallMs
    for (const one of startups)
      one.timesNode = median(one.wallMs.map((wallMs, round) => wallMs / node[round]!))
    session.step(startups.map(({ name, wallMs }) => `${name} ${milliseconds(median(wallMs))}`).join(', '))
    return { stores: 'none', startups }
  },

  describe: ({ startups }) => ({
    title: 'Start-up',
    headline: `${startups
      .slice(1)
      .map(({ name, timesNode }) => `${name} takes ${times(timesNode)} as long as Node alone`)
      .join('; ')}.`,
    spread: Math.max(...startups.map(({ wallMs }) => summarize(wallMs)?.spread ?? 0)),
    sections: [
      table('Start-up', startups, {
        'start-up': ({ name }) => name,
        wall: ({ wallMs }) => milliseconds(median(wallMs)),
        spread: ({ wallMs }) => percent(summarize(wallMs)?.spread),
        CPU: ({ cpuMs }) => milliseconds(summarize(cpuMs)?.median),
        '÷ node -e 0': ({ timesNode }) => times(timesNode),
      }),
      bars(
        'Wall time',
        'lower',
        startups.map(({ name, wallMs }, index) => ({ label: name, values: wallMs, own: index > 0 })),
        milliseconds,
      ),
    ],
  }),
})
