import type { Environment } from '../src/environment.js'
import type { RunSample } from '../src/run/run-copy.js'
import { toSeries, type CopyFindings, type Variant } from '../src/run/series.js'
import { openSession, type BenchSession } from '../src/session.js'

/** A measured run with plain figures: ten objects in one second. */
export function sample(figures: Partial<RunSample> = {}): RunSample {
  return {
    round: 1,
    wallMs: 1000,
    cpuPerObjectUs: 2000,
    peakMemoryBytes: 100 * 1024 * 1024,
    objects: 10,
    bytes: 10_000,
    objectsPerSecond: 10,
    bytesPerSecond: 10_000,
    requests: { source: { GetObject: 10 }, destination: { PutObject: 10 } },
    failure: null,
    ...figures,
  }
}

export function variant(figures: Partial<Variant> = {}): Variant {
  return { label: 'lagoon', client: 'lagoon', version: '0.1.0', concurrency: 32, ...figures }
}

/** The product beside a peer that takes twice the time and four times the CPU. */
export function copyFindings(rounds = 1): CopyFindings {
  const none = { latencies: null, timeline: null }
  const each = (figures: Partial<RunSample>): RunSample[] =>
    Array.from({ length: rounds }, (_, index) => sample({ ...figures, round: index + 1 }))
  const own = toSeries(variant(), each({}), none)
  const peer = toSeries(
    variant({ label: 's3sync', client: 's3sync' }),
    each({ wallMs: 2000, cpuPerObjectUs: 8000 }),
    none,
  )
  return {
    workloads: [{ workload: 'small', summary: 'objects', objects: 10, bytes: 10_000, series: [own, peer] }],
    notes: ['juicefs sync is left out: no usable `juicefs` on the PATH.'],
  }
}

export const environment: Environment = {
  date: '2026-01-02T03:04:05.678Z',
  system: 'Linux 6',
  processor: 'A processor',
  processors: 2,
  memoryBytes: 1,
  load: { before: 0.1, after: 2 },
  otherWork: 0.02,
  node: 'v24.0.0',
  commit: 'abc1234',
  stores: 'two stores',
  clients: { lagoon: '0.1.0', s3sync: '1' },
}

/** A session that prints nothing. */
export function session(directory = ''): BenchSession {
  const { signal } = new AbortController()
  return openSession({ directory, out: directory, signal, defer: () => {} }, () => {})
}
