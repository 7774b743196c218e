import type { WorkloadResult } from '../run/series.js'

/** A line for each variant with runs that didn't do all of the work: how many, and why the first of them. */
export function failureNotes(workloads: readonly WorkloadResult[]): string[] {
  return workloads.flatMap(({ workload, series }) =>
    series.flatMap(({ label, samples }) => {
      const failed = samples.filter((sample) => sample.failure !== null)
      if (failed.length === 0) return []
      const left = `${failed.length} of ${samples.length} runs don't count`
      return [`${workload}, ${label}: ${left}; the first ${failed[0]!.failure}`]
    }),
  )
}
