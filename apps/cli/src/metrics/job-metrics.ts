import { Gauge, type Registry } from 'prom-client'
import type { JobResult } from '../queue/job-status.js'

/** Figures of a whole job on many machines, as its records say; every worker that serves metrics serves them. */
export function createJobMetrics(registry: Registry): (status: JobResult) => void {
  const registers = [registry]
  const gauge = <L extends string>(name: string, help: string, label?: L) =>
    new Gauge<'job' | L>({
      name,
      help,
      labelNames: label === undefined ? ['job'] : ['job', label],
      registers,
    })
  const total = gauge('lagoon_job_rows_known', 'Rows of all manifests of the job whose rows are known')
  const rows = gauge('lagoon_job_rows', 'Rows of the job by their outcome', 'outcome')
  const items = gauge('lagoon_job_items', 'Ranges of rows of the job', 'state')
  const workers = gauge('lagoon_job_workers', 'Running workers of the job')
  const over = gauge('lagoon_job_over', '1 when nothing of the job is left to do, else 0')
  return ({ job, rows: known, outcomes, items: counts, workers: present, state }) => {
    total.set({ job }, known)
    for (const outcome of ['copied', 'skipped', 'failed', 'missing', 'excluded'] as const) {
      rows.set({ job, outcome }, outcomes[outcome])
    }
    items.set({ job, state: 'done' }, counts.done)
    items.set({ job, state: 'held' }, counts.held)
    items.set({ job, state: 'open' }, counts.total - counts.done - counts.held)
    workers.set({ job }, present.filter(({ silent }) => !silent).length)
    over.set({ job }, state === 'over' ? 1 : 0)
  }
}
