import { copyOptions, readCopyOptions } from '../cli/copy-options.js'
import { defineCommand } from '../cli/command.js'
import { counts, positive } from '../cli/options.js'
import { findProduct } from '../clients/find-clients.js'
import { accountOf } from '../controller/account.js'
import { aroundBest, verdictOf, type Contender, type SweepVerdict } from '../controller/verdict.js'
import { withDataset } from '../dataset/dataset.js'
import { bytesNeeded } from '../dataset/workloads.js'
import type { MeasuredOn } from '../environment.js'
import { usageError } from '../errors.js'
import { number, percent } from '../format.js'
import type { Section } from '../report/report.js'
import { bars, table } from '../report/sections.js'
import { timeline, type Timeline } from '../report/timeline.js'
import { runTimed } from '../run/run-timed.js'
import { interleave } from '../schedule.js'
import { median, summarize, type PairedRatio } from '../statistics.js'
import { openStorePair } from '../stores/open-stores.js'

/** The result of the controller for one workload. */
interface Finding {
  workload: string
  /** One short run at every fixed concurrency of the sweep, to find the best ones; empty if the sweep was short. */
  screening: Contender[]
  contenders: Contender[]
  verdict: SweepVerdict | null
  /** The controller's last run. */
  timeline: Timeline | null
}

const defaultSweep = { usual: [4, 8, 16, 32, 64, 128, 256], large: [1, 2, 4, 8] }

/** At most this many fixed concurrencies take turns with the controller: time is better spent on rounds. */
const most = 3

/**
 * The controller with its lawDefaults, beside fixed concurrencies: one short run at every concurrency of the sweep, then the best and its
 * neighbours in turn with the controller, all within minutes of each other, round after round, so that noise of the machine affects them
 * equally.
 */
export const controller = defineCommand({
  name: 'controller',
  summary: 'Set the controller, told nothing, beside a sweep of fixed concurrencies',
  options: {
    ...copyOptions({ workload: ['tiny', 'small', 'mixed', 'large'], repeats: 5, warmUp: 0 }),
    concurrency: counts(
      'The sweep, with commas (default: 4 to 256; large 1 to 8); of more than three, the best and its neighbours',
    ),
    seconds: positive('Longest time of a run', 90),
    screeningSeconds: positive('Longest time of a run of the screening of the sweep', 10),
    settleSeconds: positive('How much of it the second figure leaves out', 15),
  },
  example: [
    '--stores sandbox --workload tiny --objects 400000 --latency-ms 20 --knee 40 --service-ms 20',
    'A knee at 80 in flight, of objects that are made up',
  ],

  async measure(
    flags,
    session,
  ): Promise<{ workloads: Finding[]; seconds: number; settleSeconds: number } & MeasuredOn> {
    const { stores, workloads: planned, rounds } = readCopyOptions(flags)
    const { seconds, settleSeconds, screeningSeconds } = flags
    if (settleSeconds >= seconds) throw usageError('--settle-seconds must be less than --seconds')
    const found = await findProduct()
    const sweeps = planned.map(
      ({ workload }) =>
        flags.concurrency ?? (workload.name === 'large' ? defaultSweep.large : defaultSweep.usual),
    )
    for (const { length } of sweeps)
      session.expect(
        (length > most ? length : 0) + (Math.min(length, most) + 1) * (rounds.warmUp + rounds.measured),
      )
    const pair = await openStorePair({ ...stores, keepBytes: false }, bytesNeeded(planned), session)
    const workloads: Finding[] = []
    for (const [index, one] of planned.entries()) {
      const { name: workload } = one.workload
      const sweep = sweeps[index]!
      await withDataset(one, { pair, session, madeUp: true }, async (dataset) => {
        let last: Timeline | null = null
        const run = async (contender: Contender, longest: number, step: string): Promise<void> => {
          const { concurrency } = contender
          const timed = await runTimed({ pair, dataset, session, found, concurrency, seconds: longest })
          const account = accountOf(timed, { seconds: longest, settleSeconds })
          contender.runs.push(account)
          if (concurrency === 'controller') last = timed.timeline
          const rate = `${number(account.objectsPerSecond)} objects/s, ${number(account.bytesPerSecond / 1e6)} MB/s`
          session.step(`${step}  ${workload} at ${concurrency}: ${rate}`)
        }
        const screening = sweep.length > most ? sweep.map(contenderAt) : []
        for (const contender of screening) await run(contender, screeningSeconds, 'screening')
        const contenders = [
          ...(screening.length > 0 ? aroundBest(screening) : sweep),
          'controller' as const,
        ].map(contenderAt)
        for (const { variant, round } of interleave(contenders.length, rounds)) {
          const contender = contenders[variant]!
          const counting = round === 0 ? contenderAt(contender.concurrency) : contender
          await run(counting, seconds, `round ${round}/${rounds.measured}`)
        }
        workloads.push({ workload, screening, contenders, verdict: verdictOf(contenders), timeline: last })
      })
    }
    return { stores: pair.description, clients: { lagoon: found.version }, seconds, settleSeconds, workloads }
  },

  describe: ({ workloads, seconds, settleSeconds }) => ({
    title: 'The controller beside fixed concurrencies',
    headline: `${workloads.map(({ workload, verdict }) => describeVerdict(workload, verdict)).join('. ')}.`,
    spread: largest(workloads.flatMap(({ contenders }) => contenders.map(({ runs }) => spreadOf(runs)))),
    facts: [['Longest run', `${seconds} s, settled after ${settleSeconds} s`]],
    sections: workloads.flatMap(({ workload, screening, contenders, timeline: last }): Section[] => [
      sweepTable(`${workload}: in turn`, contenders),
      bars(
        `${workload}: MB per second, ramp included`,
        'higher',
        contenders.map(({ concurrency, runs }) => ({
          label: String(concurrency),
          values: runs.map(({ bytesPerSecond }) => bytesPerSecond / 1e6),
          own: concurrency === 'controller',
        })),
        number,
      ),
      ...(screening.length > 0
        ? [{ ...sweepTable(`${workload}: the screening`, screening), folded: true }]
        : []),
      ...timeline(`${workload}: a run with the controller`, last),
    ]),
  }),
})

function contenderAt(concurrency: Contender['concurrency']): Contender {
  return { concurrency, runs: [] }
}

function spreadOf(runs: Contender['runs']): number {
  return summarize(runs.map(({ bytesPerSecond }) => bytesPerSecond))?.spread ?? 0
}

function largest(spreads: readonly number[]): number | undefined {
  return spreads.length === 0 ? undefined : Math.max(...spreads)
}

/** Fixed concurrencies and the controller, medians of their runs. */
function sweepTable(title: string, contenders: readonly Contender[]): ReturnType<typeof table> {
  return table(title, contenders, {
    'in flight': ({ concurrency }) => String(concurrency),
    'objects/s': ({ runs }) => number(over(runs, (run) => run.objectsPerSecond)),
    'MB/s, with the ramp': ({ runs }) => number(over(runs, (run) => run.bytesPerSecond / 1e6)),
    spread: ({ runs }) => percent(spreadOf(runs)),
    'MB/s, settled': ({ runs }) =>
      number(over(runs, (run) => run.steadyBytesPerSecond && run.steadyBytesPerSecond / 1e6)),
    'in flight, settled': ({ runs }) => number(over(runs, (run) => run.inFlight)),
    throttled: ({ runs }) => percent(median(runs.map((run) => run.throttled))),
    'after 1 min': ({ runs }) => percent(over(runs, (run) => run.throttledLater)),
  })
}

/** The finding for a workload in one line. */
export function describeVerdict(workload: string, verdict: SweepVerdict | null): string {
  if (verdict === null) return `${workload}: nothing to compare`
  const { best, whole, steady, throttled, throttledLater } = verdict
  const settled = steady === null ? '' : `; once settled ${describeRatio(steady)}`
  const later = throttledLater === null ? '' : `, ${percent(throttledLater)} after the first minute`
  return `${workload}: beside the best fixed concurrency (${best}) the controller gets ${describeRatio(whole)} with its ramp${settled}; ${percent(throttled)} throttled${later}`
}

function describeRatio({ median: middle, low, high, confidence, rounds }: PairedRatio): string {
  if (rounds === 1) return `${percent(middle)} (one round)`
  return `${percent(middle)} (${percent(low)} to ${percent(high)} with ${percent(confidence)} confidence, ${rounds} rounds)`
}

function over(
  runs: Contender['runs'],
  figure: (run: Contender['runs'][number]) => number | null,
): number | null {
  return summarize(runs.map(figure))?.median ?? null
}
