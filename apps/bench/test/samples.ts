import type { CopyResult } from '../src/run/result.js'
import type { Sample } from '../src/run/sample.js'
import { toSeries, type Variant } from '../src/run/series.js'

/** A measured run with plain figures: ten objects in a second. */
export function sample(figures: Partial<Sample> = {}): Sample {
  return {
    round: 1,
    wallMs: 1000,
    userMs: 10,
    systemMs: 10,
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
  return { label: 'lagoon', client: 'lagoon', version: '0.1.0', concurrency: 32, caveat: null, ...figures }
}

/** The product beside a peer that takes twice the time and four times the processor. */
export function copyResult(): CopyResult {
  const none = { latencies: null, timeline: null }
  const own = toSeries(variant(), [sample()], none)
  const peer = toSeries(
    variant({ label: 's3sync', client: 's3sync' }),
    [sample({ wallMs: 2000, cpuPerObjectUs: 8000 })],
    none,
  )
  return {
    kind: 'compare',
    command: 'npx -y pnpm@12 bench compare',
    environment: {
      date: '2026-01-02T03:04:05.678Z',
      system: 'Linux 6',
      processor: 'A processor',
      processors: 2,
      memoryBytes: 1,
      loadBefore: 0.1,
      node: 'v24.0.0',
      commit: 'abc1234',
      stores: 'two stores',
      clients: { lagoon: '0.1.0', s3sync: '1' },
    },
    durationMs: 1234,
    workloads: [{ workload: 'small', summary: 'objects', objects: 10, bytes: 10_000, series: [own, peer] }],
    notes: ['juicefs sync is left out: no usable `juicefs` on the PATH.'],
  }
}
