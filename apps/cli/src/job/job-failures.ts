import { readFailures, type Job, type JobFailure } from '@lagoon/jobs'
import type { FailureRecord } from '@lagoon/state-lmdb'
import type { RetryFilter } from '@lagoon/sync'

/** The failures of a job, as a state directory knows them. */
export async function* jobFailures(job: Job, filter: RetryFilter): AsyncGenerator<FailureRecord> {
  const matches = matcherOf(filter)
  for await (const failure of readFailures(job)) {
    const record = failureRecord(failure)
    if (matches(record)) yield record
  }
}

/** What a worker noted of a row, with the place of the row. */
export function failureRecord({ row, rowGroup, manifest, outcome, failure }: JobFailure): FailureRecord {
  const { key, etag, scope } = manifest
  return {
    key: '',
    class: outcome === 'missing' ? 'missing' : 'permanent',
    code: 'unknown',
    message: 'the worker gave no reason',
    attempts: 0,
    time: 0,
    ...(failure as Partial<FailureRecord>),
    manifest: { key, etag, ...(scope !== '' && { scope }) },
    rowGroup,
    row,
  }
}

/** Whether a failure is one of those that are meant. */
export function matcherOf({ class: kind, code, manifest }: RetryFilter): (record: FailureRecord) => boolean {
  return (record) =>
    (kind === undefined || record.class === kind) &&
    (code === undefined || record.code === code) &&
    (manifest === undefined || record.manifest.key === manifest)
}
