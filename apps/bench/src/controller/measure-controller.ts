import type { FoundClient } from '../clients/client.js'
import type { Lake } from '../data/lake.js'
import { number } from '../format.js'
import type { Progress } from '../progress.js'
import { runTimed } from '../run/run-timed.js'
import type { Timeline } from '../run/sample.js'
import { interleave } from '../schedule.js'
import type { Session } from '../session.js'
import type { StorePair } from '../stores/store-pair.js'
import { accountOf } from './account.js'
import { aroundBest, verdictOf, type Contender, type Verdict } from './verdict.js'

/** What the controller came to over one workload. */
export interface ControllerFinding {
  workload: string
  /** One short run at every fixed concurrency of the sweep, to find those worth more; empty where the sweep was short. */
  look: Contender[]
  contenders: Contender[]
  verdict: Verdict | null
  /** The controller's last run. */
  timeline: Timeline | null
}

export interface ControllerMeasure {
  /** Fixed concurrencies. */
  sweep: readonly number[]
  /** Longest time of a run of the first look, and of the others, and how much of the latter counts as settling, s. */
  lookSeconds: number
  seconds: number
  settleSeconds: number
  rounds: { warmUp: number; measured: number }
}

type Place = { found: FoundClient; pair: StorePair; lake: Lake; session: Session; progress: Progress }

/** As many fixed concurrencies take turns with the controller at most: time is better spent on rounds. */
const most = 3

/**
 * A short look at every concurrency of the sweep, then the best and its neighbours in turn with the controller: all
 * within minutes of each other, round after round, so that noise of the machine hits them alike.
 */
export async function measureController(
  workload: string,
  measure: ControllerMeasure,
  place: Place,
): Promise<ControllerFinding> {
  let timeline: Timeline | null = null
  const run = async (contender: Contender, seconds: number, says: string): Promise<void> => {
    const { session, progress, ...where } = place
    const { directory, signal } = session
    const { concurrency } = contender
    const timed = await runTimed({ ...where, directory, signal, concurrency, seconds, report: false })
    const account = accountOf(timed, { seconds, settleSeconds: measure.settleSeconds })
    contender.runs.push(account)
    if (concurrency === 'controller') timeline = timed.timeline
    const rate = `${number(account.objectsPerSecond)} objects/s, ${number(account.bytesPerSecond / 1e6)} MB/s`
    progress.step(`${says}  ${workload} at ${concurrency}: ${rate}`)
  }
  const look = measure.sweep.length > most ? measure.sweep.map(contenderAt) : []
  for (const contender of look) await run(contender, measure.lookSeconds, 'first look')
  const fixed = look.length > 0 ? aroundBest(look) : measure.sweep
  const contenders = [...fixed.map(contenderAt), contenderAt('controller')]
  for (const { variant, round } of interleave(contenders.length, measure.rounds)) {
    const contender = contenders[variant]!
    const says = `round ${round}/${measure.rounds.measured}`
    await run(round === 0 ? contenderAt(contender.concurrency) : contender, measure.seconds, says)
  }
  return { workload, look, contenders, verdict: verdictOf(contenders), timeline }
}

/** How many runs that is at most. */
export function countControllerRuns({ sweep, rounds }: ControllerMeasure): number {
  const look = sweep.length > most ? sweep.length : 0
  return look + (Math.min(sweep.length, most) + 1) * (rounds.warmUp + rounds.measured)
}

function contenderAt(concurrency: Contender['concurrency']): Contender {
  return { concurrency, runs: [] }
}
