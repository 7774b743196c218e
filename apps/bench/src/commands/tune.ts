import { mkdir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { readStores, storeOptions } from '../cli/copy-options.js'
import { defineCommand } from '../cli/command.js'
import { choice, count, counts, positive, toggle, type Values } from '../cli/options.js'
import { findProduct } from '../clients/find-clients.js'
import { lagoon } from '../clients/lagoon.js'
import { withDataset } from '../dataset/dataset.js'
import { planWorkloads, workloadNames } from '../dataset/workloads.js'
import { wasBusy, type MeasuredOn } from '../environment.js'
import { BenchError } from '../errors.js'
import { milliseconds, number, percent } from '../format.js'
import { bars, table } from '../report/sections.js'
import { runTimed, type TimedRun } from '../run/run-timed.js'
import { interleave } from '../schedule.js'
import type { BenchSession } from '../session.js'
import { median, summarize } from '../statistics.js'
import { openStorePair } from '../stores/open-stores.js'
import { candidatesFor, lawDefaults, flagsOf, nameOf } from '../tuning/candidates.js'
import { openCheckpoint } from '../tuning/checkpoint.js'
import { realCandidates } from '../tuning/choose.js'
import { describeCurve, enoughInFlight } from '../tuning/curve.js'
import { fitBackend, type FittedBackend, type LoadProbe } from '../tuning/fit-backend.js'
import { simulateCandidates, type Score } from '../tuning/simulate-candidates.js'
import { besideDefaults, verdict, type Confirmed, type TuneVerdict } from '../tuning/verdict.js'

interface Findings extends TuneVerdict {
  workload: string
  probes: LoadProbe[]
  fitted: FittedBackend
  scores: Score[]
  confirmed: Confirmed[]
}

const options = {
  ...storeOptions('environment'),
  workload: choice('What to copy', workloadNames, 'small'),
  objects: count('How many objects to make', 10_000),
  probes: counts('Concurrencies to probe with', { fallback: [4, 16, 64, 256] }),
  probeSeconds: positive('Longest time of a probe', 5),
  confirm: count('Candidates to run for real', 3),
  confirmSeconds: positive('Longest time of such a run', 10),
  repeats: count('How often each', 3),
  minutes: positive('Length of a simulated job: how much the ramp weighs', 10),
  resume: toggle('Continue the tuning that was stopped'),
}

/** Probes the stores, fits the simulator to them, simulates candidates, and confirms the best few with real runs. */
export const tune = defineCommand({
  name: 'tune',
  summary: 'Find the flags that suit your stores: probe, fit, simulate, confirm',
  options,
  example: ['--stores sandbox --latency-ms 30 --knee 40', 'See it work, without stores of your own'],

  async measure({ resume, ...flags }, session): Promise<Findings & MeasuredOn> {
    await mkdir(session.out, { recursive: true })
    const path = join(session.out, 'tune-stopped.json')
    const checkpoint = await openCheckpoint(path, flags, resume)
    if (checkpoint.resumed > 0) session.say(`continuing after ${checkpoint.resumed} finished steps`)
    try {
      const findings = await tuneStores(flags, checkpoint.step, session)
      await rm(path, { force: true })
      return findings
    } catch (error) {
      session.say('Finished steps are kept: the same command with --resume continues from there.')
      throw error
    }
  },

  describe: (findings) => {
    const { probes, confirmed, scores, reason, isVoid } = findings
    const curve = describeCurve(probes)
    const [own] = confirmed
    return {
      title: 'Tuning for these stores',
      headline: isVoid ? `${reason} ${curve}` : `${curve} ${reason}`,
      spread: Math.max(
        0,
        ...confirmed.map(({ objectsPerSecond }) => summarize(objectsPerSecond)?.spread ?? 0),
      ),
      facts: [['Model', describeFit(findings)]],
      sections: [
        {
          type: 'lines',
          title: 'The curve: objects per second, and how long each takes, over requests in flight',
          x: { label: 'in flight', values: probes.map(({ concurrency }) => concurrency) },
          axes: { left: 'objects/s', right: 'ms' },
          lines: [
            { label: 'objects/s', axis: 'left', values: probes.map((probe) => probe.objectsPerSecond) },
            { label: 'p50, ms', axis: 'right', values: probes.map((probe) => probe.p50Ms) },
            { label: 'p90, ms', axis: 'right', values: probes.map((probe) => probe.p90Ms), dashed: true },
          ],
          whyEmpty: 'a curve needs two probes.',
        },
        table('Probes', probes, {
          'in flight': ({ concurrency }) => String(concurrency),
          'objects/s': ({ objectsPerSecond }) => number(objectsPerSecond),
          'of the best': ({ objectsPerSecond }) =>
            percent(objectsPerSecond / Math.max(...probes.map((probe) => probe.objectsPerSecond))),
          'MB/s': ({ bytesPerSecond }) => number(bytesPerSecond / 1e6),
          p50: ({ p50Ms }) => milliseconds(p50Ms),
          p90: ({ p90Ms }) => milliseconds(p90Ms),
          throttled: ({ throttledShare }) => percent(throttledShare),
        }),
        table('For real', confirmed, {
          candidate: ({ name }) => name,
          'objects/s': ({ objectsPerSecond }) => number(median(objectsPerSecond)),
          lowest: ({ objectsPerSecond }) => number(Math.min(...objectsPerSecond)),
          highest: ({ objectsPerSecond }) => number(Math.max(...objectsPerSecond)),
          'beside the defaults': (one) => besideDefaults(one, own!),
          throttled: ({ throttledShare }) => percent(throttledShare),
        }),
        bars(
          'For real: objects per second',
          'higher',
          confirmed.map(({ name, objectsPerSecond }) => ({
            label: name,
            values: objectsPerSecond,
            own: name === nameOf(lawDefaults),
          })),
          number,
        ),
        {
          type: 'scatter',
          title: 'Simulated: goodput against load, and the front that nothing beats',
          x: 'in flight ÷ knee',
          y: 'goodput, %',
          points: scores.map(({ name, goodput, load, throttled, front }) => ({
            x: load,
            y: goodput * 100,
            label: `${name}: ${percent(goodput)} at ${number(load)} of the knee, ${percent(throttled)} throttled`,
            front,
          })),
          whyEmpty: 'fewer than two candidates could be simulated.',
        },
        table(
          'Simulated: the front',
          scores
            .filter(({ front, name }) => front || name === nameOf(lawDefaults))
            .toSorted((a, b) => b.goodput - a.goodput)
            .slice(0, 12),
          {
            simulated: ({ name }) => name,
            goodput: ({ goodput }) => percent(goodput),
            'in flight ÷ knee': ({ load }) => number(load),
            throttled: ({ throttled }) => percent(throttled),
          },
        ),
      ],
    }
  },
})

async function tuneStores(
  flags: Omit<Values<typeof options>, 'resume'>,
  step: <T>(name: string, compute: () => Promise<T>) => Promise<T>,
  session: BenchSession,
): Promise<Findings & MeasuredOn> {
  const { probeSeconds, confirmSeconds, confirm, repeats, minutes, objects } = flags
  session.expect(flags.probes.length + 1 + (confirm + 1) * repeats)
  const found = await findProduct()
  const [planned] = planWorkloads([flags.workload], objects, 1)
  const { bytes } = planned!
  const pair = await openStorePair(readStores(flags), bytes * 2, session)
  return withDataset(planned!, { pair, session }, async (dataset) => {
    const context = { pair, dataset, session }
    const probes: LoadProbe[] = []
    for (const concurrency of flags.probes) {
      const probe = { ...context, found, concurrency, seconds: probeSeconds, report: true }
      const run = await step(`probe ${concurrency}`, () => runTimed(probe))
      probes.push(toProbe(concurrency, run))
      session.step(`probe at ${concurrency}: ${number(run.objectsPerSecond)} objects/s`)
    }
    if (probes.every(({ objectsPerSecond }) => objectsPerSecond === 0)) {
      throw new BenchError('LAGOON_BENCH_PRODUCT', `no probe copied an object within ${probeSeconds} s`, {
        hint: 'Give the probes more time with --probe-seconds.',
      })
    }
    const fitted = fitBackend(probes, bytes / objects)
    const simulated = candidatesFor(fitted)
    const scores = await simulateCandidates(simulated, fitted, { minutes, signal: session.signal })
    session.step(`simulated ${simulated.length} candidates`)
    const enough = enoughInFlight(probes)?.concurrency ?? lawDefaults.minConcurrency
    const processors = availableParallelism()
    const chosen = [lawDefaults, ...realCandidates(scores, { count: confirm, enough, processors })]
    const runs = chosen.map((): TimedRun[] => [])
    for (const { variant, round } of interleave(chosen.length, { warmUp: 0, measured: repeats })) {
      const candidate = chosen[variant]!
      const name = nameOf(candidate)
      const client = lagoon({ extraFlags: flagsOf(candidate) })
      const real = {
        ...context,
        found: { ...found, client },
        concurrency: 'controller',
        seconds: confirmSeconds,
      } as const
      const run = await step(`confirm ${round} ${name}`, () => runTimed(real))
      runs[variant]!.push(run)
      session.step(`round ${round}/${repeats}  ${name}: ${number(run.objectsPerSecond)} objects/s`)
    }
    const confirmed = chosen.map((candidate, index): Confirmed => ({
      name: nameOf(candidate),
      flags: flagsOf(candidate),
      objectsPerSecond: runs[index]!.map((run) => run.objectsPerSecond),
      throttledShare: median(runs[index]!.map((run) => run.throttledShare)),
    }))
    const otherWork = wasBusy(session.otherWork) ? median(session.otherWork) : null
    return {
      stores: pair.description,
      clients: { lagoon: found.version },
      workload: flags.workload,
      probes,
      fitted,
      scores,
      confirmed,
      ...verdict(confirmed, otherWork),
    }
  })
}

function toProbe(concurrency: number, run: TimedRun): LoadProbe {
  const { objectsPerSecond, bytesPerSecond, throttledShare, latencies } = run
  const { p50Ms = null, p90Ms = null } = latencies ?? {}
  return { concurrency, objectsPerSecond, bytesPerSecond, throttledShare, p50Ms, p90Ms }
}

/** The model in words. */
function describeFit({ fitted: { latencyMs, knee, thrash, wallPerSecond } }: Findings): string {
  const wall = wallPerSecond === null ? '' : `, refusing beyond ${number(wallPerSecond)} objects/s`
  const loss = thrash === 0 ? '' : `, losing capacity under overload (${number(thrash)})`
  return `${milliseconds(latencyMs)} an object, ${number(Math.round(knee))} served at once${wall}${loss}`
}
