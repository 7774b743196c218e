import { defineCommand } from '../cli/command.js'
import { count, positive } from '../cli/options.js'
import { findProduct } from '../clients/find-clients.js'
import { accountOf, type RunAccount } from '../controller/account.js'
import { withDataset } from '../dataset/dataset.js'
import { planWorkloads } from '../dataset/workloads.js'
import type { MeasuredOn } from '../environment.js'
import { usageError } from '../errors.js'
import { number, percent } from '../format.js'
import { bars, table } from '../report/sections.js'
import { runTimed } from '../run/run-timed.js'
import { summarize } from '../statistics.js'
import { openStorePair } from '../stores/open-stores.js'

interface Findings {
  latencyMs: number
  inFlight: number
  /** The limit by Little's law, objects per second. */
  allowedPerSecond: number
  runs: (RunAccount & { steadyObjectsPerSecond: number | null })[]
}

/**
 * Objects of 1 KiB over a path that adds `latencyMs` to every request: each object is a GET and then a PUT, so that by Little's law
 * `inFlight` of them allow `inFlight` ÷ (2 × `latencyMs`) per second, without any work.
 */
export const smallObjects = defineCommand({
  name: 'small-objects',
  summary: "Set objects of 1 KiB over a long path beside what Little's law allows",
  options: {
    latencyMs: positive('Added to every request, on both sides', 50),
    inFlight: count('Objects in flight', 512),
    seconds: positive('Longest time of a run', 15),
    settleSeconds: positive('How much of it the second figure leaves out', 5),
    repeats: count('Measured runs', 5),
  },
  example: ['--in-flight 64', 'Fewer in flight, for a machine with few cores'],

  async measure(
    { latencyMs, inFlight, seconds, settleSeconds, repeats },
    session,
  ): Promise<Findings & MeasuredOn> {
    if (settleSeconds >= seconds) throw usageError('--settle-seconds must be less than --seconds')
    const found = await findProduct()
    const allowedPerSecond = allowedByLittle(inFlight, latencyMs)
    session.expect(repeats)
    const pair = await openStorePair({ kind: 'sandbox', shape: { latencyMs }, keepBytes: false }, 0, session)
    const [planned] = planWorkloads(['tiny'], Math.ceil(allowedPerSecond * (seconds + 5)), 1)
    const objectBytes = planned!.workload.sizeBytes(0, 1)
    const runs: Findings['runs'] = []
    await withDataset(planned!, { pair, session, madeUp: true }, async (dataset) => {
      for (let round = 1; round <= repeats; round += 1) {
        const run = await runTimed({ found, pair, dataset, session, concurrency: inFlight, seconds })
        const account = accountOf(run, { seconds, settleSeconds })
        const { steadyBytesPerSecond: steady, objectsPerSecond } = account
        const steadyObjectsPerSecond = steady === null ? null : steady / objectBytes
        runs.push({ ...account, steadyObjectsPerSecond })
        const [whole, settled] = [objectsPerSecond, steadyObjectsPerSecond ?? Number.NaN].map((rate) =>
          percent(rate / allowedPerSecond),
        )
        session.step(
          `${number(objectsPerSecond)} objects/s, ${whole} of what is allowed; once settled ${settled}`,
        )
      }
    })
    return {
      stores: pair.description,
      clients: { lagoon: found.version },
      latencyMs,
      inFlight,
      allowedPerSecond,
      runs,
    }
  },

  describe: (findings) => {
    const { runs, allowedPerSecond } = findings
    const share = (rate: number | null): string => percent(rate === null ? null : rate / allowedPerSecond)
    return {
      title: 'A long path, and what it allows',
      headline: describeRuns(findings),
      spread: summarize(runs.map((run) => run.objectsPerSecond))?.spread,
      sections: [
        table('Runs', runs, {
          run: (_, index) => String(index + 1),
          'objects/s': ({ objectsPerSecond }) => number(objectsPerSecond),
          'of what is allowed': ({ objectsPerSecond }) => share(objectsPerSecond),
          'objects/s, settled': ({ steadyObjectsPerSecond }) => number(steadyObjectsPerSecond),
          'settled, of what is allowed': ({ steadyObjectsPerSecond }) => share(steadyObjectsPerSecond),
        }),
        bars(
          'Objects per second once settled, beside what is allowed',
          'higher',
          [
            ...runs.map((run, index) => ({
              label: `run ${index + 1}`,
              values: [run.steadyObjectsPerSecond ?? run.objectsPerSecond],
              own: true,
            })),
            { label: "Little's law", values: [allowedPerSecond], own: false },
          ],
          number,
        ),
      ],
    }
  },
})

/** The finding in one line. */
export function describeRuns({ runs, allowedPerSecond, inFlight, latencyMs }: Findings): string {
  const whole = summarize(runs.map((run) => run.objectsPerSecond))
  const settled = summarize(runs.map((run) => run.steadyObjectsPerSecond))
  const later = settled === null ? '' : `, ${percent(settled.median / allowedPerSecond)} once settled`
  return `${inFlight} in flight over ${latencyMs} ms at both sides allow ${number(allowedPerSecond)} objects per second: ${percent(whole && whole.median / allowedPerSecond)} of that${later}.`
}

/** Objects per second with this many in flight, each taking twice the latency. */
export function allowedByLittle(inFlight: number, latencyMs: number): number {
  return (inFlight * 1000) / (2 * latencyMs)
}
