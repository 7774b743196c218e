import { fillStore } from '../data/fill-store.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { bytes, number } from '../format.js'
import { createProgress } from '../progress.js'
import type { PlannedWorkload } from '../run/plan.js'
import type { Timeline } from '../run/sample.js'
import type { Session } from '../session.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'
import { measureTurns, type TurnsMeasure } from '../turns/measure-turns.js'
import type { Turn } from '../turns/turn-taking.js'
import { turnsVerdict, type TurnsVerdict } from '../turns/verdict.js'

export interface TurnsOptions extends Omit<TurnsMeasure, 'fixed'> {
  stores: StoreChoice
  workloads: readonly PlannedWorkload[]
  /** `undefined` takes some by workload. */
  fixed: readonly number[] | undefined
  /** Lives of a controller. */
  rounds: { warmUp: number; measured: number }
  settleSeconds: number
  command: string
}

/** What the turns over one workload came to. */
export interface TurnsFinding {
  workload: string
  verdict: TurnsVerdict
  /** Every turn, by round. */
  rounds: Turn[][]
  /** The controller's last life. */
  timeline: Timeline
}

export interface TurnsResult {
  kind: 'turns'
  command: string
  environment: Environment
  durationMs: number
  turnSeconds: number
  seconds: number
  settleSeconds: number
  workloads: TurnsFinding[]
}

const defaultFixed = { usual: [8, 16, 32, 64], large: [1, 2, 4, 8] }

/** The controller, told nothing, and fixed numbers in flight, in turns of seconds within one run. */
export async function turns(options: TurnsOptions, session: Session): Promise<TurnsResult> {
  const startedAt = performance.now()
  const lives = options.rounds.warmUp + options.rounds.measured
  const { stores, workloads, turnSeconds, seconds, settleSeconds } = options
  const progress = createProgress(workloads.length * lives)
  const needBytes = Math.max(...workloads.map((planned) => planned.bytes)) * 2
  const pair = await openStores({ ...stores, keepBytes: false }, needBytes, session)
  const environment = await captureEnvironment(pair.description, {})
  const findings: TurnsFinding[] = []
  for (const planned of workloads) {
    const { name } = planned.workload
    progress.say(`${name}: ${number(planned.objects)} objects, ${bytes(planned.bytes)}`)
    const fixed = options.fixed ?? (name === 'large' ? defaultFixed.large : defaultFixed.usual)
    const lake = await fillStore(pair, planned, session)
    try {
      const rounds: Turn[][] = []
      let timeline: Timeline = { progress: [], decisions: [] }
      for (let life = 0; life < lives; life += 1) {
        const measured = await measureTurns({ fixed, turnSeconds, seconds }, { pair, lake, session })
        const { contenders } = turnsVerdict(fixed, [measured.turns], settleSeconds)
        const rates = contenders.map((one) => `${one.concurrency}: ${number(one.objectsPerSecond)}`)
        progress.step(`${name}, objects a second at ${rates.join(', ')}`)
        if (life < options.rounds.warmUp) continue
        rounds.push(measured.turns)
        timeline = measured.timeline
      }
      findings.push({ workload: name, verdict: turnsVerdict(fixed, rounds, settleSeconds), rounds, timeline })
    } finally {
      if (!session.signal.aborted || pair.kind === 'environment') await lake.remove()
    }
  }
  return {
    kind: 'turns',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    turnSeconds,
    seconds,
    settleSeconds,
    workloads: findings,
  }
}
