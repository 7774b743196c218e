import type { SyncSummary } from '@lagoon/sync'
import { expect } from 'vitest'
import type { CliResult } from './run-cli.js'

/** The summary of a run under `--json`: its last line. The counts have been checked to be well formed. */
export function summaryOf(result: CliResult): SyncSummary & { exitCode: number } {
  const last = result.events().at(-1)
  expect(last).toEqual({
    type: 'summary',
    planned: expect.any(Number),
    completed: expect.any(Number),
    skipped: expect.any(Number),
    failed: expect.any(Number),
    missing: expect.any(Number),
    bytes: expect.any(Number),
    durationMs: expect.any(Number),
    requests: { source: expect.any(Number), destination: expect.any(Number) },
    manifests: { completed: expect.any(Number), skipped: expect.any(Number), failed: expect.any(Number) },
    interrupted: expect.any(Boolean),
    reason: expect.any(String),
    exitCode: result.code,
    // Only of a shard.
    ...(last?.['shard'] !== undefined && { shard: { rows: expect.any(Number), read: expect.any(Number) } }),
  })
  return last as unknown as SyncSummary & { exitCode: number }
}
