import { join } from 'node:path'
import { findProduct } from '../clients/find-product.js'
import { lagoon } from '../clients/lagoon.js'
import { makeLake, type Lake } from '../data/lake.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { bytes, number, percent } from '../format.js'
import { createProgress } from '../progress.js'
import type { PlannedWorkload } from '../run/plan.js'
import { runTimed, type TimedRun } from '../run/run-timed.js'
import { interleave } from '../schedule.js'
import type { Session } from '../session.js'
import { median } from '../statistics.js'
import { openStores, type StoreChoice } from '../stores/open-stores.js'
import { candidatesFor, defaults, flagsOf, nameOf, type Candidate } from '../tuning/candidates.js'
import type { Checkpoint } from '../tuning/checkpoint.js'
import { chooseForConfirmation } from '../tuning/choose.js'
import { fitBackend, type FittedBackend, type Probe } from '../tuning/fit-backend.js'
import { simulateCandidates, type Score } from '../tuning/simulate-candidates.js'

export interface TuneOptions {
  stores: StoreChoice
  workload: PlannedWorkload
  /** Fixed concurrencies to probe with. */
  probes: readonly number[]
  /** Longest time of a probe, s. */
  probeSeconds: number
  /** Longest time of a run that confirms, s. */
  confirmSeconds: number
  /** How many candidates are run for real, and how often each. */
  confirm: number
  repeats: number
  /** Length of a simulated job, minutes: how much the ramp weighs. */
  minutes: number
  command: string
}

/** A candidate run for real. */
export interface Confirmed {
  name: string
  flags: string[]
  objectsPerSecond: number[]
  throttledShare: number
}

export interface TuneResult {
  kind: 'tune'
  command: string
  environment: Environment
  durationMs: number
  workload: string
  probes: Probe[]
  fitted: FittedBackend
  scores: Score[]
  confirmed: Confirmed[]
  /** The flags to set; empty when nothing beat the defaults. */
  flags: string[]
  /** Median goodput for real against the defaults: 0.1 is 10 % more. */
  gain: number
}

/** Probes the stores, fits the simulator to them, simulates candidates, and confirms the best few for real. */
export async function tune(
  options: TuneOptions,
  checkpoint: Checkpoint,
  session: Session,
): Promise<TuneResult> {
  const startedAt = performance.now()
  const progress = createProgress(options.probes.length + 1 + (options.confirm + 1) * options.repeats)
  const found = await findProduct()
  if (checkpoint.resumed > 0) progress.say(`going on after ${checkpoint.resumed} finished steps`)
  const pair = await openStores(options.stores, options.workload.bytes * 2, session)
  const environment = await captureEnvironment(pair.description, { lagoon: found.version })
  const { workload, objects, seed } = options.workload
  progress.say(`making ${number(objects)} objects, ${bytes(options.workload.bytes)}`)
  const { signal } = session
  const lakeOptions = {
    access: pair.source,
    workload,
    objects,
    seed,
    directory: join(session.directory, 'lake'),
    signal,
  }
  const lake = await makeLake(lakeOptions)
  try {
    const time = (
      seconds: number,
      concurrency: number | 'controller',
      flags: readonly string[],
      report: boolean,
    ) =>
      runTimed({
        found: { ...found, client: lagoon({ extraFlags: flags }) },
        pair,
        lake,
        concurrency,
        seconds,
        report,
        directory: session.directory,
        signal,
      })

    const probes: Probe[] = []
    for (const concurrency of options.probes) {
      const run = await checkpoint.step(`probe ${concurrency}`, () =>
        time(options.probeSeconds, concurrency, [], true),
      )
      probes.push(toProbe(concurrency, run))
      progress.step(`probe at ${concurrency}: ${number(run.objectsPerSecond)} objects/s`)
    }
    const fitted = fitBackend(probes, options.workload.bytes / objects)
    const candidates = candidatesFor(fitted)
    const scores = await simulateCandidates(candidates, fitted, { minutes: options.minutes, signal })
    progress.step(`simulated ${candidates.length} candidates`)

    const chosen: Candidate[] = [
      defaults,
      ...chooseForConfirmation(scores, options.confirm).map((score) => score.candidate),
    ]
    const runs = chosen.map((): TimedRun[] => [])
    for (const { variant, round } of interleave(chosen.length, { warmUp: 0, measured: options.repeats })) {
      const candidate = chosen[variant]!
      const name = nameOf(candidate)
      const flags = flagsOf(candidate)
      const run = await checkpoint.step(`confirm ${round} ${name}`, () =>
        time(options.confirmSeconds, 'controller', flags, false),
      )
      runs[variant]!.push(run)
      progress.step(`round ${round}/${options.repeats}  ${name}: ${number(run.objectsPerSecond)} objects/s`)
    }
    const confirmed = chosen.map((candidate, index) => toConfirmed(candidate, runs[index]!))
    return {
      kind: 'tune',
      command: options.command,
      environment,
      durationMs: performance.now() - startedAt,
      workload: workload.name,
      probes,
      fitted,
      scores,
      confirmed,
      ...verdict(confirmed),
    }
  } finally {
    await removeLake(lake, session, pair.kind === 'environment')
  }
}

/** Where the bench started the stores, they go altogether. */
async function removeLake(lake: Lake, session: Session, must: boolean): Promise<void> {
  if (must || !session.signal.aborted) await lake.remove()
}

function toProbe(concurrency: number, run: TimedRun): Probe {
  const { objectsPerSecond, bytesPerSecond, throttledShare, latencies } = run
  return {
    concurrency,
    objectsPerSecond,
    bytesPerSecond,
    throttledShare,
    p50Ms: latencies?.p50Ms ?? null,
    p90Ms: latencies?.p90Ms ?? null,
  }
}

function toConfirmed(candidate: Candidate, runs: readonly TimedRun[]): Confirmed {
  return {
    name: nameOf(candidate),
    flags: flagsOf(candidate),
    objectsPerSecond: runs.map((run) => run.objectsPerSecond),
    throttledShare: median(runs.map((run) => run.throttledShare)),
  }
}

/** Less than this is noise, and no reason to set anything. */
const worthwhile = 0.02

/** The best of those confirmed, if it beats the defaults by more than noise: by its median, and by its worst against their worst. */
export function verdict(confirmed: readonly Confirmed[]): { flags: string[]; gain: number } {
  const [own, ...others] = confirmed
  if (!own) return { flags: [], gain: 0 }
  const gainOf = (one: Confirmed): number => median(one.objectsPerSecond) / median(own.objectsPerSecond) - 1
  const best = others.toSorted((a, b) => gainOf(b) - gainOf(a))[0]
  if (!best || gainOf(best) < worthwhile) return { flags: [], gain: 0 }
  if (Math.min(...best.objectsPerSecond) < Math.min(...own.objectsPerSecond)) return { flags: [], gain: 0 }
  return { flags: best.flags, gain: gainOf(best) }
}

/** The finding in a line. */
export function describeVerdict({ flags, gain }: { flags: readonly string[]; gain: number }): string {
  return flags.length === 0
    ? 'Nothing beat the defaults by more than noise: leave them.'
    : `Set ${flags.join(' ')}: ${percent(gain)} more objects a second than the defaults.`
}
