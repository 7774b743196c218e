import { readCopyOptions, copyOptions } from '../cli/copy-options.js'
import { defineCommand } from '../cli/command.js'
import { choices, count, counts } from '../cli/options.js'
import type { Concurrency, FoundClient } from '../clients/client.js'
import { clientNamed, clientNames, findClient, notBuilt } from '../clients/find-clients.js'
import type { MeasuredOn } from '../environment.js'
import { bytesNeeded } from '../dataset/workloads.js'
import { BenchError } from '../errors.js'
import { describeWall, largestSpread, pairsOf, workloadSections } from '../run/copy-report.js'
import { countRuns, measureWorkload, type Measure } from '../run/measure-copies.js'
import {
  compareSeries,
  failureNotes,
  goodSamples,
  type CopyFindings,
  type Series,
  type WorkloadResult,
} from '../run/series.js'
import { openStorePair } from '../stores/open-stores.js'

/** Concurrency over a long path, besides each program's default. */
const overPath = ['installed', 256] as const

/** The product beside its peers, in turn: the same objects, the same concurrency, a fresh bucket each time. */
export const compare = defineCommand({
  name: 'compare',
  summary: 'Measure the product beside rclone, s3sync, juicefs and mc, as far as they are on the PATH',
  options: {
    ...copyOptions({ workload: ['small'], repeats: 5 }),
    clients: choices('Who takes part', clientNames),
    concurrency: counts(
      'In flight, for all, with commas; installed gives no flag (default: small and mixed 32, large 4; with --path installed,256)',
      { words: ['installed'] },
    ),
    threads: count('Threads that the product copies by (default: its own)', undefined),
  },
  example: ['--workload large --clients lagoon,rclone', 'Two of them, with six objects of 256 MiB'],

  async measure(
    { clients: names, concurrency, threads, ...flags },
    session,
  ): Promise<CopyFindings & MeasuredOn> {
    const { stores, workloads: planned, rounds } = readCopyOptions(flags)
    const notes: string[] = []
    const found: FoundClient[] = []
    for (const name of names) {
      const client = clientNamed(name, { threads })
      const here = await findClient(client, process.env)
      if (here) found.push(here)
      else if (client.program === null) throw notBuilt(client.name)
      else notes.push(`${client.name} is left out: no usable \`${client.program}\` on the PATH.`)
    }
    notes.push(
      ...found.flatMap(({ client }) => (client.caveat === null ? [] : [`${client.name}: ${client.caveat}.`])),
    )
    const settings = (compareAt: number): readonly Concurrency[] =>
      concurrency ?? (stores.pathMs === undefined ? [compareAt] : overPath)
    const measures = planned.map(({ workload }): Measure => {
      const wanted = settings(workload.compareAt)
      return {
        variants: wanted.flatMap((one) => variantsAt(one, found, wanted)),
        rounds,
        withLatencies: false,
      }
    })
    session.expect(measures.reduce((sum, measure) => sum + countRuns(measure), 0))
    for (const note of notes) session.say(note)
    const pair = await openStorePair(stores, bytesNeeded(planned), session)
    const workloads: WorkloadResult[] = []
    for (const [index, one] of planned.entries()) {
      const result = await measureWorkload(one, { session, pair }, measures[index]!)
      const inFlight = settings(one.workload.compareAt).map((setting) =>
        setting === 'installed' ? 'as installed' : `${setting} in flight`,
      )
      workloads.push({ ...result, summary: `${result.summary}, ${inFlight.join(' and ')}` })
    }
    return {
      stores: pair.description,
      clients: Object.fromEntries(found.map(({ client, version }) => [client.name, version])),
      workloads,
      notes: [...notes, ...failureNotes(workloads)],
    }
  },

  describe: ({ workloads, notes }) => ({
    title: 'Lagoon Sync beside its peers',
    headline: headlineOf(workloads),
    spread: largestSpread(workloads),
    sections: workloads.flatMap(workloadSections),
    notes,
  }),

  judge: ({ workloads }) => failWhereTheProductDid(workloads),
})

function variantsAt(
  concurrency: Concurrency,
  found: readonly FoundClient[],
  settings: readonly Concurrency[],
): Measure['variants'] {
  const beside = settings.includes('installed') && concurrency !== 'installed'
  return found
    .filter(({ client }) => concurrency !== 'installed' || client.installable !== false)
    .filter(({ client }) => !(beside && client.choosesConcurrency))
    .map((each) => ({
      found: each,
      variant: {
        label: settings.length > 1 ? `${each.client.name}, ${concurrency}` : each.client.name,
        client: each.client.name,
        version: each.version,
        concurrency,
      },
    }))
}

/** The product beside the fastest peer of each workload and setting. */
function headlineOf(workloads: readonly WorkloadResult[]): string {
  const findings = workloads.flatMap(({ workload, series }) => {
    const pairs = pairsOf(series).filter(({ peer }) => peer.client !== 'bare loop')
    const settings = [...new Set(pairs.map(({ own }) => own))]
    return settings.flatMap((own) => {
      const [fastest] = pairs.filter((pair) => pair.own === own).sort((a, b) => wall(a.peer) - wall(b.peer))
      const ratio = fastest && compareSeries(own, fastest.peer, 'wallMs')
      return ratio
        ? [`${workload}, ${own.label}: ${describeWall(ratio, `the fastest peer, ${fastest.peer.label}`)}`]
        : []
    })
  })
  return findings.length > 0
    ? `${findings.join('. ')}.`
    : 'No peer did the same work, so there is nothing to compare.'
}

/** A peer's failure is a note, the product's is an error. Throws `LAGOON_BENCH_PRODUCT`. */
export function failWhereTheProductDid(workloads: readonly WorkloadResult[]): void {
  const own = workloads.flatMap(({ series }) => series.filter(({ client }) => client === 'lagoon'))
  const broken = own.filter(({ samples }) => goodSamples(samples).length < samples.length)
  if (broken.length === 0) return
  const labels = broken.map(({ label }) => label).join(', ')
  throw new BenchError('LAGOON_BENCH_PRODUCT', `runs of lagoon failed (${labels})`, {
    hint: 'The notes above say why.',
  })
}

function wall({ medians }: Series): number {
  return medians.wallMs!.median
}
