import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { defineCommand } from '../cli/command.js'
import { choices, count, positive, text } from '../cli/options.js'
import { readResult } from '../cli/save-result.js'
import type { MeasuredOn } from '../environment.js'
import { BenchError, usageError } from '../errors.js'
import { nanoseconds, number, percent, times } from '../format.js'
import { copyTasks } from '../micro/copy-tasks.js'
import { gateTasks } from '../micro/gate-tasks.js'
import { manifestTasks } from '../micro/manifest-tasks.js'
import { measureTask, type MicroFigure, type MicroTask } from '../micro/measure-task.js'
import { stateTasks } from '../micro/state-tasks.js'
import { bars, table } from '../report/sections.js'

const groups = ['gate', 'state', 'manifest', 'copy'] as const
type Group = (typeof groups)[number]

interface Findings {
  figures: MicroFigure[]
  /** Processor time divided by the baseline's: above 1 is slower. Null without a baseline. */
  ratios: { name: string; ratio: number | null }[] | null
}

const makers: Record<Group, (folder: string) => Promise<MicroTask[]> | MicroTask[]> = {
  gate: gateTasks,
  state: stateTasks,
  manifest: manifestTasks,
  copy: copyTasks,
}

/** The cost of the packages' smallest units of work, through their public interfaces. */
export const micro = defineCommand({
  name: 'micro',
  summary: 'Measure the smallest pieces of work of the packages, also against a saved baseline',
  options: {
    group: choices('What to measure', groups),
    repeats: count('Measured repeats of each', 7),
    baseline: text('JSON of an earlier run, to compare with', undefined),
    failAbove: positive('Exit with 3 when a ratio to the baseline is above this', undefined),
  },
  example: ['--baseline artefacts/bench/micro-….json --fail-above 1.3', 'A check for regressions'],

  async measure(
    { group: wanted, repeats, baseline: path, failAbove },
    session,
  ): Promise<Findings & MeasuredOn> {
    if (failAbove !== undefined && path === undefined) throw usageError('--fail-above needs --baseline')
    const baseline = path === undefined ? null : await readResult<Findings & { kind: string }>(path, 'micro')
    const figures: MicroFigure[] = []
    session.expect(wanted.length)
    for (const group of wanted) {
      const folder = join(session.directory, group)
      await mkdir(folder)
      const tasks = await makers[group](folder)
      session.defer(async () => {
        for (const task of tasks) await task.close?.()
      })
      const own: MicroFigure[] = []
      for (const task of tasks) own.push(await measureTask(task, repeats, session.signal))
      figures.push(...own)
      session.step(
        own.map(({ name, unit, cpuNs }) => `${name} ${nanoseconds(cpuNs.median)} per ${unit}`).join(', '),
      )
    }
    return { stores: 'none', figures, ratios: baseline && againstBaseline(figures, baseline.figures) }
  },

  describe: ({ figures, ratios }) => ({
    title: 'Cost of the smallest pieces of work',
    headline: headlineOf(ratios),
    spread: Math.max(0, ...figures.map(({ cpuNs }) => cpuNs.spread)),
    sections: [
      table('Operations', figures, {
        operation: ({ name }) => name,
        of: ({ unit }) => unit,
        CPU: ({ cpuNs }) => nanoseconds(cpuNs.median),
        spread: ({ cpuNs }) => percent(cpuNs.spread),
        elapsed: ({ wallNs }) => nanoseconds(wallNs.median),
        'a second': ({ wallNs }) => number(1e9 / wallNs.median),
        ...(ratios
          ? {
              '÷ baseline': ({ name }: MicroFigure) => {
                const { ratio = null } = ratios.find((one) => one.name === name) ?? {}
                return ratio !== null && ratio > slower ? `${times(ratio)} slower` : times(ratio)
              },
            }
          : {}),
      }),
      bars(
        'CPU an operation',
        'lower',
        figures.map(({ name, cpuNs: { min, median, max } }) => ({
          label: name,
          values: [min, median, max],
          own: true,
        })),
        nanoseconds,
      ),
    ],
  }),

  judge({ ratios }, { failAbove = Infinity }) {
    const slow = (ratios ?? []).filter(({ ratio }) => ratio !== null && ratio > failAbove)
    if (slow.length === 0) return
    const named = slow.map(({ name, ratio }) => `${name} ${times(ratio)}`).join(', ')
    throw new BenchError('LAGOON_BENCH_PRODUCT', `slower than ${times(failAbove)} the baseline: ${named}`)
  },
})

/** The threshold of "slower": repeats within a run differ by a few per cent. */
const slower = 1.1

function headlineOf(ratios: Findings['ratios']): string {
  if (ratios === null) return 'Processor time an operation, through the public interfaces of the packages.'
  const named = ratios.filter(({ ratio }) => ratio !== null && ratio > slower).map(({ name }) => name)
  return named.length === 0
    ? 'Nothing is slower than the baseline by more than 10 %.'
    : `Slower than the baseline: ${named.join(', ')}.`
}

/** Figures beside those of a baseline. `null` if the baseline has none. */
export function againstBaseline(
  figures: readonly MicroFigure[],
  baseline: readonly MicroFigure[],
): { name: string; ratio: number | null }[] {
  return figures.map(({ name, cpuNs }) => {
    const before = baseline.find((figure) => figure.name === name)
    return { name, ratio: before ? cpuNs.median / before.cpuNs.median : null }
  })
}
