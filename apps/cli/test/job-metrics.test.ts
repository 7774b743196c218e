import type { ManifestStatus } from '@lagoon/jobs'
import { Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { JobResult } from '../src/queue/job-status.js'
import { createJobMetrics } from '../src/metrics/job-metrics.js'
import { createLiveFeed } from '../src/metrics/live-feed.js'

const worker = {
  id: 'w1',
  host: 'h1',
  pid: 7,
  version: '1.0.0',
  items: 2,
  inFlight: 8,
  limit: 16,
  objectsPerSecond: 25,
  bytesPerSecond: 50_000,
  lastError: null,
  paused: false,
  settings: {},
  ageMs: 100,
  silent: false,
}
const answer: JobResult = {
  type: 'status',
  task: 'copy',
  job: 'lake',
  state: 'open',
  createdAt: '2026-12-01T12:00:00.000Z',
  counts: { complete: 60, failed: 5, manifestsFinished: 0 },
  rows: 100,
  outcomes: { copied: 50, skipped: 10, missing: 2, failed: 3, excluded: 0, bytes: 5000 },
  items: { total: 4, done: 1, held: 2 },
  paused: false,
  settings: {},
  objectsPerSecond: 25,
  bytesPerSecond: 50_000,
  eta: null,
  workers: [worker],
  manifests: [],
}

test('metrics of a job are gauges by the name of the job: rows by outcome, items by state, workers', async () => {
  const registry = new Registry()
  const tell = createJobMetrics(registry)
  tell(answer)
  const lines = (await registry.metrics()).split('\n')
  for (const line of [
    'lagoon_job_rows_known{job="lake"} 100',
    'lagoon_job_rows{job="lake",outcome="copied"} 50',
    'lagoon_job_rows{job="lake",outcome="missing"} 2',
    'lagoon_job_items{job="lake",state="done"} 1',
    'lagoon_job_items{job="lake",state="held"} 2',
    'lagoon_job_items{job="lake",state="open"} 1',
    'lagoon_job_workers{job="lake"} 1',
    'lagoon_job_over{job="lake"} 0',
  ]) {
    expect(lines).toContain(line)
  }
  // A dead worker is listed until its record expires, but not counted.
  tell({ ...answer, state: 'over', workers: [{ ...worker, silent: true }] })
  expect(await registry.metrics()).toContain('lagoon_job_over{job="lake"} 1\n')
  expect(await registry.metrics()).toContain('lagoon_job_workers{job="lake"} 0\n')
})

test('the live page gets the job and each of its workers, and null for a run on one machine', () => {
  const { snapshot, noteJob } = createLiveFeed(() => ({
    pausedBy: [],
    limits: { maxConcurrency: 16 },
    schedule: null,
    logLevel: 'INFO',
  }))
  expect(snapshot().job).toBeNull()
  const manifest = (key: string, stage: 'open' | 'finished'): ManifestStatus => ({
    id: key,
    key,
    etag: 'v',
    scope: '',
    stage,
    rows: 100,
    counts: answer.outcomes,
    items: answer.items,
  })
  const finished = Array.from({ length: 30 }, (_, index) => manifest(`a${index}`, 'finished'))
  noteJob({ ...answer, manifests: [...finished, manifest('z', 'open')] })
  const { job } = snapshot()
  expect(job).toMatchObject({
    job: 'lake',
    state: 'open',
    rows: 100,
    outcomes: answer.outcomes,
    items: answer.items,
    workers: [worker],
    manifestsKnown: 31,
  })
  // Those in progress come first.
  expect(job!.manifests.map(({ key }) => key).slice(0, 2)).toEqual(['z', 'a0'])
  expect(job!.manifests).toHaveLength(20)
})
