import { bytes, milliseconds, number, times } from '../format.js'
import type { CopyResult } from '../run/result.js'
import type { Series, WorkloadResult } from '../run/series.js'
import { compareSeries, resultTables } from '../run/tables.js'
import type { Summary } from '../statistics.js'
import { environmentFacts } from './environment-facts.js'
import type { BarsBlock, Block, ReportPage, TableBlock } from './page.js'
import { timelineBlocks } from './timeline-blocks.js'

/** The report of `throughput` and `compare`. */
export function copyPage(result: CopyResult): ReportPage {
  const compared = result.kind === 'compare'
  return {
    title: compared ? 'Lagoon Sync beside its peers' : 'Throughput of Lagoon Sync',
    lead: compared ? compareLead(result) : throughputLead(result),
    command: result.command,
    facts: environmentFacts(result.environment, result.durationMs),
    blocks: [
      ...result.workloads.flatMap((workload) => workloadBlocks(workload)),
      ...(result.notes.length > 0 ? [{ type: 'notes' as const, title: 'Notes', notes: result.notes }] : []),
    ],
  }
}

function workloadBlocks(workload: WorkloadResult): Block[] {
  const { series } = workload
  const of = (title: string): string => `${workload.workload}: ${title}`
  const tables = resultTables(workload).map((table, index): TableBlock => ({
    type: 'table',
    title: of(index === 0 ? `${number(workload.objects)} objects, ${bytes(workload.bytes)}` : 'ratios'),
    ...table,
  }))
  return [
    ...tables,
    ...bars(of('objects a second'), 'higher', series, (one) => one.medians.objectsPerSecond, number),
    ...bars(
      of('client CPU an object'),
      'lower',
      series,
      (one) => one.medians.cpuPerObjectUs,
      (us) => `${number(us)} µs`,
    ),
    ...bars(
      of('peak memory'),
      'lower',
      series,
      (one) => one.medians.peakMemoryBytes,
      (size) => bytes(Math.round(size)),
    ),
    ...latencyBlocks(of('time an object takes'), series),
    ...series.flatMap((one) => timelineBlocks(of(`over time, ${inFlight(one)}`), one.timeline)),
  ]
}

function bars(
  title: string,
  better: 'lower' | 'higher',
  series: readonly Series[],
  figure: (one: Series) => Summary | null,
  text: (value: number) => string,
): BarsBlock[] {
  const known = series.flatMap((one) => {
    const summary = figure(one)
    if (summary === null) return []
    const { median: value, min, max } = summary
    return [{ label: one.label, value, min, max, text: text(value), own: one.client === 'lagoon' }]
  })
  return known.length === 0 ? [] : [{ type: 'bars', title, better, bars: known }]
}

function latencyBlocks(title: string, series: readonly Series[]): BarsBlock[] {
  const percentiles = [
    ['p50', 'p50Ms'],
    ['p90', 'p90Ms'],
    ['p99', 'p99Ms'],
  ] as const
  const known = series.flatMap(({ label, latencies }) =>
    latencies === null
      ? []
      : percentiles.map(([name, field]) => ({
          label: `${label}, ${name}`,
          value: latencies[field],
          text: milliseconds(latencies[field]),
          own: name === 'p50',
        })),
  )
  return known.length === 0 ? [] : [{ type: 'bars', title, better: 'lower', bars: known }]
}

function compareLead(result: CopyResult): string {
  const findings = result.workloads.flatMap(({ workload, series }) => {
    const own = series.find(({ client }) => client === 'lagoon')
    const peers = series.filter(({ client }) => client !== 'lagoon' && client !== 'bare loop')
    const fastest = peers
      .filter((peer) => peer.medians.wallMs)
      .sort((a, b) => a.medians.wallMs!.median - b.medians.wallMs!.median)[0]
    const wall = own && fastest ? compareSeries(own, fastest, (sample) => sample.wallMs) : null
    return wall && fastest
      ? [`${workload}: ${times(wall.ofMedians)} the wall time of the fastest peer (${fastest.label})`]
      : []
  })
  return findings.length > 0 ? `${findings.join('; ')}.` : 'No ratio could be formed.'
}

function throughputLead(result: CopyResult): string {
  const findings = result.workloads.flatMap(({ workload, series }) => {
    const known = series.filter(({ medians }) => medians.objectsPerSecond)
    const best = known
      .filter(({ concurrency }) => concurrency !== 'controller')
      .sort((a, b) => rate(b) - rate(a))[0]
    const controller = known.find(({ concurrency }) => concurrency === 'controller')
    if (!best) return []
    const own = controller ? `, the controller ${times(rate(controller) / rate(best))} of it` : ''
    return [`${workload}: best ${number(rate(best))} objects/s at ${best.label} in flight${own}`]
  })
  return findings.length > 0 ? `${findings.join('; ')}.` : 'No run did all of its work.'
}

/** Objects a second; only for series that have a median. */
function rate(series: Series): number {
  return series.medians.objectsPerSecond!.median
}

function inFlight({ concurrency }: Series): string {
  return concurrency === 'controller' ? 'with the controller' : `${concurrency} in flight`
}
