import { copyOptions, readCopyOptions } from '../cli/copy-options.js'
import { defineCommand } from '../cli/command.js'
import { counts, text, toggle } from '../cli/options.js'
import { findProduct } from '../clients/find-clients.js'
import { lagoon } from '../clients/lagoon.js'
import { bytesNeeded } from '../dataset/workloads.js'
import type { MeasuredOn } from '../environment.js'
import { usageError } from '../errors.js'
import { number, times } from '../format.js'
import { largestSpread, workloadSections } from '../run/copy-report.js'
import {
  countRuns,
  measureOwnManifests,
  measureWorkload,
  type Measure,
  type OwnManifests,
} from '../run/measure-copies.js'
import { failureNotes, type CopyFindings, type Series, type WorkloadResult } from '../run/series.js'
import { openStorePair } from '../stores/open-stores.js'
import type { StoreKind } from '../stores/store-pair.js'
import { failWhereTheProductDid } from './compare.js'

/** Fixed concurrencies for objects of unknown sizes. */
const ownConcurrencies = [8, 32, 128]

/** The product alone: fixed concurrencies in turn with the controller, for each workload. */
export const throughput = defineCommand({
  name: 'throughput',
  summary: 'Measure the product at fixed concurrencies and with its controller',
  options: {
    ...copyOptions({ workload: ['small', 'mixed', 'large'], repeats: 3 }),
    concurrency: counts('Fixed concurrencies, with commas (default: by workload)'),
    threads: counts('Numbers of copy threads, with commas (default: its own)'),
    manifestPrefix: text(
      'Instead of workloads: your manifests in LAGOON_SOURCE_BUCKET; needs --stores environment',
      undefined,
    ),
    manifestColumn: text('Column of the keys in them', undefined),
    controller: toggle('Also let the controller choose', true),
    latencies: toggle('One more run each, for p50 and p99', true),
  },
  example: ['--workload small --concurrency 16,64', 'Two concurrencies and the controller'],

  async measure(flags, session): Promise<CopyFindings & MeasuredOn> {
    const { stores, workloads: planned, rounds } = readCopyOptions(flags)
    const manifests = readManifests(flags, stores.kind)
    const found = await findProduct()
    const measureAt = (fallback: readonly number[]): Measure => {
      const all = [...(flags.concurrency ?? fallback), ...(flags.controller ? ['controller' as const] : [])]
      const variants = all.flatMap((concurrency) =>
        (flags.threads ?? [undefined]).map((threads) => ({
          found: { ...found, client: lagoon({ threads }) },
          variant: {
            label: threads === undefined ? String(concurrency) : `${concurrency}, threads: ${threads}`,
            client: 'lagoon',
            version: found.version,
            concurrency,
          },
        })),
      )
      return { variants, rounds, withLatencies: flags.latencies }
    }
    const measures = manifests
      ? [measureAt(ownConcurrencies)]
      : planned.map(({ workload }) => measureAt(workload.concurrencies))
    session.expect(measures.reduce((sum, measure) => sum + countRuns(measure), 0))
    const pair = await openStorePair(stores, bytesNeeded(planned), session)
    const workloads: WorkloadResult[] = []
    if (manifests) workloads.push(await measureOwnManifests(manifests, { session, pair }, measures[0]!))
    else {
      for (const [index, one] of planned.entries())
        workloads.push(await measureWorkload(one, { session, pair }, measures[index]!))
    }
    const notes = failureNotes(workloads)
    return { stores: pair.description, clients: { lagoon: found.version }, workloads, notes }
  },

  describe: ({ workloads, notes }) => ({
    title: 'Throughput of Lagoon Sync',
    headline: headlineOf(workloads),
    spread: largestSpread(workloads),
    sections: workloads.flatMap(workloadSections),
    notes,
  }),

  judge: ({ workloads }) => failWhereTheProductDid(workloads),
})

function headlineOf(workloads: readonly WorkloadResult[]): string {
  const findings = workloads.flatMap(({ workload, series }) => {
    const byRate = series.filter((one) => rate(one) > 0).toSorted((a, b) => rate(b) - rate(a))
    const best = byRate.find(({ concurrency }) => concurrency !== 'controller')
    const own = byRate.find(({ concurrency }) => concurrency === 'controller')
    if (!best) return []
    const beside = own ? `; the controller got ${times(rate(own) / rate(best))} of that` : ''
    return [
      `${workload}: ${number(rate(best))} objects per second at ${best.label} in flight, the best of those fixed${beside}`,
    ]
  })
  return findings.length > 0 ? `${findings.join('. ')}.` : 'No run did all of its work.'
}

function readManifests(
  {
    manifestPrefix: prefix,
    manifestColumn: column,
  }: Record<'manifestPrefix' | 'manifestColumn', string | undefined>,
  stores: StoreKind,
): OwnManifests | null {
  if (prefix === undefined) {
    if (column !== undefined) throw usageError('--manifest-column needs --manifest-prefix')
    return null
  }
  if (stores !== 'environment') throw usageError('--manifest-prefix needs --stores environment')
  const bucket = process.env['LAGOON_SOURCE_BUCKET']
  if (bucket) return { bucket, prefix, column }
  throw usageError('--manifest-prefix: LAGOON_SOURCE_BUCKET is not set', 'Name the bucket of the manifests.')
}

function rate({ medians }: Series): number {
  return medians.objectsPerSecond?.median ?? 0
}
