import { copyOptions, readCopyOptions } from '../cli/copy-options.js'
import { defineCommand } from '../cli/command.js'
import { counts, positive } from '../cli/options.js'
import { withDataset } from '../dataset/dataset.js'
import { bytesNeeded } from '../dataset/workloads.js'
import type { MeasuredOn } from '../environment.js'
import { usageError } from '../errors.js'
import { number, percent } from '../format.js'
import type { Section } from '../report/report.js'
import { bars, table } from '../report/sections.js'
import { timeline, type Timeline } from '../report/timeline.js'
import type { MeanRatio } from '../statistics.js'
import { openStorePair } from '../stores/open-stores.js'
import { measureTurns } from '../turns/measure-turns.js'
import type { Turn } from '../turns/turn-taking.js'
import { turnsVerdict, type TurnsVerdict } from '../turns/verdict.js'

/** The result of the turns for one workload. */
interface Finding {
  workload: string
  verdict: TurnsVerdict
  /** Every turn, by round. */
  rounds: Turn[][]
  /** The last controller's timeline. */
  timeline: Timeline
}

interface Findings {
  turnSeconds: number
  seconds: number
  settleSeconds: number
  workloads: Finding[]
}

const defaultFixed = { usual: [8, 16, 32, 64], large: [1, 2, 4, 8] }

/** The controller with its defaults, and fixed concurrencies, in turns of seconds within one run. */
export const turns = defineCommand({
  name: 'turns',
  summary: 'The controller, told nothing, and fixed concurrencies in turns of seconds within one run',
  options: {
    ...copyOptions({ workload: ['small', 'mixed'], repeats: 3, warmUp: 0 }),
    concurrency: counts('Fixed concurrencies, with commas (default: 8, 16, 32, 64; large 1, 2, 4, 8)'),
    turnSeconds: positive('How long a turn is', 3),
    seconds: positive('How long a controller lives, of its own turns', 60),
    settleSeconds: positive('How much of that the second figure leaves out', 15),
  },
  example: [
    '--workload mixed --objects 140000 --concurrency 16,32',
    'Differences of one or two per cent, on a machine with other work',
  ],

  async measure(flags, session): Promise<Findings & MeasuredOn> {
    const { stores, workloads: planned, rounds: lives } = readCopyOptions(flags)
    const { turnSeconds, seconds, settleSeconds } = flags
    if (settleSeconds >= seconds) throw usageError('--settle-seconds must be less than --seconds')
    const all = lives.warmUp + lives.measured
    session.expect(planned.length * all)
    const pair = await openStorePair({ ...stores, keepBytes: false }, bytesNeeded(planned), session)
    const workloads: Finding[] = []
    for (const one of planned) {
      const { name: workload } = one.workload
      const fixed = flags.concurrency ?? (workload === 'large' ? defaultFixed.large : defaultFixed.usual)
      await withDataset(one, { pair, session, madeUp: true }, async (dataset) => {
        const rounds: Turn[][] = []
        let last: Timeline = { progress: [], decisions: [] }
        for (let life = 0; life < all; life += 1) {
          const measured = await measureTurns({ fixed, turnSeconds, seconds }, { pair, dataset, session })
          const { contenders } = turnsVerdict(fixed, [measured.turns], settleSeconds)
          const rates = contenders.map((each) => `${each.concurrency}: ${number(each.objectsPerSecond)}`)
          session.step(`${workload}, objects per second at ${rates.join(', ')}`)
          if (life < lives.warmUp) continue
          rounds.push(measured.turns)
          last = measured.timeline
        }
        workloads.push({
          workload,
          verdict: turnsVerdict(fixed, rounds, settleSeconds),
          rounds,
          timeline: last,
        })
      })
    }
    return { stores: pair.description, turnSeconds, seconds, settleSeconds, workloads }
  },

  describe: ({ workloads, turnSeconds, seconds, settleSeconds }) => ({
    title: 'The controller and fixed concurrencies, in turn',
    headline: `${workloads.map(describeFinding).join('. ')}.`,
    facts: [
      ['Turns', `${turnSeconds} s each, ${seconds} s for a controller`],
      ['Settled', `after ${settleSeconds} s of its own turns`],
    ],
    sections: workloads.flatMap(({ workload, verdict: { contenders }, timeline: last }): Section[] => [
      table(`${workload}: all turns`, contenders, {
        'in flight': ({ concurrency }) => String(concurrency),
        'objects/s': ({ objectsPerSecond }) => number(objectsPerSecond),
        'MB/s': ({ bytesPerSecond }) => number(bytesPerSecond / 1e6),
        'in flight, median': ({ inFlight }) => number(inFlight),
        throttled: ({ throttled }) => percent(throttled),
        'controller ÷ this': ({ whole }) => describeRatio(whole),
        'once settled': ({ steady }) => describeRatio(steady),
      }),
      bars(
        `${workload}: objects per second`,
        'higher',
        contenders.map(({ concurrency, objectsPerSecond }) => ({
          label: String(concurrency),
          values: [objectsPerSecond],
          own: concurrency === 'controller',
        })),
        number,
      ),
      ...timeline(`${workload}: a controller, over its own turns`, last),
    ]),
  }),
})

function describeFinding({ workload, verdict: { best } }: Finding): string {
  const cycles = best.whole === null ? '' : `, ${best.whole.pairs} cycles`
  return `${workload}: beside ${best.concurrency} in flight, the best of those fixed, the controller gets ${describeRatio(best.whole)}, once settled ${describeRatio(best.steady)}${cycles}`
}

function describeRatio(ratio: MeanRatio | null): string {
  return ratio === null ? '–' : `${(ratio.mean * 100).toFixed(1)} ± ${(ratio.error * 100).toFixed(1)} %`
}
