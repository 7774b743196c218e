import { bytes, milliseconds, number, percent, times } from '../format.js'
import { bars, table } from '../report/sections.js'
import { timeline } from '../report/timeline.js'
import type { Section } from '../report/report.js'
import { agreement, type PairedRatio } from '../statistics.js'
import { compareSeries, goodSamples, type Figure, type Series, type WorkloadResult } from './series.js'

/** The largest spread of the wall times behind the findings. */
export function largestSpread(workloads: readonly WorkloadResult[]): number | undefined {
  const spreads = workloads.flatMap(({ series }) =>
    series.flatMap(({ medians: { wallMs } }) => (wallMs === null || wallMs.count < 2 ? [] : [wallMs.spread])),
  )
  return spreads.length === 0 ? undefined : Math.max(...spreads)
}

/** Tables, bars and timelines of a workload. */
export function workloadSections(workload: WorkloadResult): Section[] {
  const { series } = workload
  const named = (title: string): string => `${workload.workload}: ${title}`
  const figure = (
    title: string,
    better: 'lower' | 'higher',
    key: Figure,
    text: (value: number) => string,
  ): Section =>
    bars(
      named(title),
      better,
      series.map(({ label, client, samples }) => ({
        label,
        own: client === 'lagoon',
        values: goodSamples(samples).map((sample) => sample[key]),
      })),
      text,
    )
  return [
    table(
      named(`${number(workload.objects)} objects, ${bytes(workload.bytes)} (${workload.summary})`),
      series,
      {
        client: ({ label }) => label,
        wall: ({ medians }) => milliseconds(medians.wallMs?.median),
        spread: ({ medians }) => percent(medians.wallMs?.spread),
        'objects/s': ({ medians }) => number(medians.objectsPerSecond?.median),
        'MB/s': ({ medians: { bytesPerSecond } }) => number(bytesPerSecond && bytesPerSecond.median / 1e6),
        'CPU µs/object': ({ medians }) => number(medians.cpuPerObjectUs?.median),
        'peak memory': ({ medians: { peakMemoryBytes } }) =>
          bytes(peakMemoryBytes && Math.round(peakMemoryBytes.median)),
        ...(series.some(({ requestsPerObject }) => requestsPerObject !== null)
          ? { 'requests/object': requestsOf }
          : {}),
        ...(series.some(({ latencies }) => latencies !== null)
          ? {
              p50: ({ latencies }: Series) => milliseconds(latencies?.p50Ms),
              p99: ({ latencies }: Series) => milliseconds(latencies?.p99Ms),
            }
          : {}),
      },
    ),
    ...ratios(named('Lagoon Sync ÷ peer, below 1 is less'), series),
    figure('objects per second', 'higher', 'objectsPerSecond', number),
    figure('client CPU an object', 'lower', 'cpuPerObjectUs', (us) => `${number(us)} µs`),
    figure('peak memory', 'lower', 'peakMemoryBytes', (size) => bytes(Math.round(size))),
    ...latencyBars(named('time an object takes'), series),
    ...series.flatMap(({ label, timeline: run }) => timeline(named(`over time, ${label}`), run)),
  ]
}

/** The product beside every successful peer at the same setting. */
export function pairsOf(series: readonly Series[]): { own: Series; peer: Series }[] {
  const worked = series.filter(({ samples }) => goodSamples(samples).length > 0)
  return worked
    .filter(({ client }) => client !== 'lagoon')
    .flatMap((peer) =>
      worked
        .filter(({ client, concurrency }) => client === 'lagoon' && concurrency === peer.concurrency)
        .map((own) => ({ own, peer })),
    )
}

/** A ratio of wall times in words: faster or slower only if every round agrees. */
export function describeWall(ratio: PairedRatio, peer: string): string {
  const { min, max, rounds } = ratio
  const range = rounds === 1 ? 'one round' : `${min.toFixed(2)} to ${max.toFixed(2)} in ${rounds} rounds`
  const share = `${ratio.median.toFixed(2)} × the wall time of ${peer} (${range})`
  switch (agreement(ratio)) {
    case 'below':
      return `faster, ${share}`
    case 'above':
      return `slower, ${share}`
    case 'unclear':
      return `no clear difference, ${share}`
  }
}

function ratios(title: string, series: readonly Series[]): Section[] {
  const pairs = pairsOf(series)
  if (pairs.length === 0) return []
  return [
    table(title, pairs, {
      peer: ({ peer }) => peer.label,
      wall: cell('wallMs', median),
      'wall, rounds': cell('wallMs', range),
      CPU: cell('cpuPerObjectUs', median),
      'CPU, rounds': cell('cpuPerObjectUs', range),
      'peak memory': cell('peakMemoryBytes', median),
    }),
  ]
}

function latencyBars(title: string, series: readonly Series[]): Section[] {
  const known = series.flatMap(({ label, latencies }) => (latencies === null ? [] : [{ label, latencies }]))
  if (known.length === 0) return []
  const percentiles = ['p50', 'p90', 'p99'] as const
  const all = known.flatMap(({ label, latencies }) =>
    percentiles.map((name) => ({
      label: `${label}, ${name}`,
      values: [latencies[`${name}Ms`]],
      own: name === 'p50',
    })),
  )
  return [bars(title, 'lower', all, milliseconds)]
}

function requestsOf({ requestsPerObject }: Series): string {
  if (requestsPerObject === null) return '–'
  const { source, destination } = requestsPerObject
  return `${source.toFixed(2)} + ${destination.toFixed(2)}`
}

function cell(figure: Figure, show: (ratio: PairedRatio) => string) {
  return ({ own, peer }: { own: Series; peer: Series }): string => {
    const ratio = compareSeries(own, peer, figure)
    return ratio === null ? '–' : show(ratio)
  }
}

function median(ratio: PairedRatio): string {
  return times(ratio.median)
}

function range({ min, max }: PairedRatio): string {
  return `${min.toFixed(2)} … ${max.toFixed(2)}`
}
