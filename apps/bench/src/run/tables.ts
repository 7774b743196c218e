import { bytes, milliseconds, number, percent, times } from '../format.js'
import { ratioOf, type Ratio } from '../statistics.js'
import { renderTable } from '../table.js'
import type { CopyResult } from './result.js'
import { goodSamples, type Series, type WorkloadResult } from './series.js'
import type { Sample } from './sample.js'

/** A table as data, for the terminal and for the report. */
export interface TableData {
  header: readonly string[]
  rows: readonly (readonly string[])[]
}

/** The result as text for a terminal. */
export function renderResult(result: CopyResult): string {
  const { environment } = result
  return [
    ...result.workloads.flatMap((workload) => [
      titleOf(workload),
      '',
      ...resultTables(workload).flatMap(({ header, rows }) => [renderTable(header, rows), '']),
    ]),
    ...result.notes.map((note) => `Note: ${note}`),
    `${environment.processor} × ${environment.processors}, ${environment.system}, Node ${environment.node}, ${environment.stores}`,
  ].join('\n')
}

/** Figures of every series, and, where peers took part, what the product is to each of them. */
export function resultTables(workload: WorkloadResult): TableData[] {
  const others = workload.series.filter(({ client }) => client !== 'lagoon')
  if (others.length === 0) return [throughputTable(workload)]
  const own = workload.series.find(({ client }) => client === 'lagoon')
  const peers = others.filter((series) => goodSamples(series.samples).length > 0)
  return own && peers.length > 0 ? [compareTable(workload), ratioTable(own, peers)] : [compareTable(workload)]
}

function titleOf(workload: WorkloadResult): string {
  return `${workload.workload}: ${number(workload.objects)} objects, ${bytes(workload.bytes)} (${workload.summary})`
}

function throughputTable(workload: WorkloadResult): TableData {
  return {
    header: [
      'in flight',
      'wall',
      'spread',
      'objects/s',
      'MB/s',
      'CPU µs/object',
      'peak memory',
      'p50',
      'p99',
    ],
    rows: workload.series.map((series) => [
      series.label,
      ...commonCells(series),
      milliseconds(series.latencies?.p50Ms),
      milliseconds(series.latencies?.p99Ms),
    ]),
  }
}

function compareTable(workload: WorkloadResult): TableData {
  return {
    header: [
      'client',
      'wall',
      'spread',
      'objects/s',
      'MB/s',
      'CPU µs/object',
      'peak memory',
      'requests/object',
    ],
    rows: workload.series.map((series) => [series.label, ...commonCells(series), requestsOf(series)]),
  }
}

function ratioTable(own: Series, peers: readonly Series[]): TableData {
  return {
    header: ['lagoon ÷ peer', 'wall', 'range', 'CPU', 'range', 'peak memory'],
    rows: peers.map((peer) => {
      const wall = compareSeries(own, peer, (sample) => sample.wallMs)
      const cpu = compareSeries(own, peer, (sample) => sample.cpuPerObjectUs)
      const memory = compareSeries(own, peer, (sample) => sample.peakMemoryBytes)
      return [
        peer.label,
        times(wall?.ofMedians),
        rangeOf(wall),
        times(cpu?.ofMedians),
        rangeOf(cpu),
        times(memory?.ofMedians),
      ]
    }),
  }
}

function commonCells(series: Series): string[] {
  const { medians } = series
  const megabytes = medians.bytesPerSecond === null ? null : medians.bytesPerSecond.median / 1e6
  return [
    milliseconds(medians.wallMs?.median),
    percent(medians.wallMs?.spread),
    number(medians.objectsPerSecond?.median),
    number(megabytes),
    number(medians.cpuPerObjectUs?.median),
    bytes(medians.peakMemoryBytes === null ? null : Math.round(medians.peakMemoryBytes.median)),
  ]
}

/** One series against another by a figure of their samples; `null` when there is nothing to compare. */
export function compareSeries(
  ours: Series,
  theirs: Series,
  figure: (sample: Sample) => number | null,
): Ratio | null {
  const values = (series: Series): [number, number][] =>
    goodSamples(series.samples).flatMap((sample) => {
      const value = figure(sample)
      return value === null ? [] : [[sample.round, value] satisfies [number, number]]
    })
  return ratioOf(values(ours), values(theirs))
}

function requestsOf(series: Series): string {
  if (series.requestsPerObject === null) return '–'
  const { source, destination } = series.requestsPerObject
  return `${source.toFixed(2)} + ${destination.toFixed(2)}`
}

function rangeOf(ratio: Ratio | null): string {
  return ratio === null ? '–' : `${ratio.min.toFixed(2)}…${ratio.max.toFixed(2)}`
}
