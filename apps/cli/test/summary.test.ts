import type { SyncSummary } from '@lagoon/sync'
import { expect, test } from 'vitest'
import { exitCodeOfError, exitCodeOfRun } from '../src/errors/exit-codes.js'
import { commandLine, shellQuote, toolName } from '../src/output/command-line.js'
import { jobFlags } from '../src/output/job-flags.js'
import { renderSummary, type SummaryView } from '../src/output/render-summary.js'
import { createStyle } from '../src/text/style.js'
import { settingsOf } from './support/settings.js'

const summaryOf = (figures: Partial<SyncSummary> = {}): SyncSummary => ({
  planned: 0,
  completed: 1980,
  skipped: 0,
  failed: 0,
  missing: 0,
  bytes: 64_200_000,
  durationMs: 4000,
  requests: { source: 1983, destination: 1980 },
  manifests: { completed: 2, skipped: 0, failed: 0 },
  interrupted: false,
  reason: 'finished',
  ...figures,
})

const render = (summary: SyncSummary, view: Partial<SummaryView> = {}) =>
  renderSummary(
    {
      summary,
      options: { dryRun: false },
      codes: new Map(),
      classes: new Set(['transient']),
      argv: ['--data-dir', 'my state'],
      job: ['--data-dir', 'my state'],
      tool: 'lagoon',
      ...view,
    },
    createStyle(false),
  )

test('a run without failures shows what was copied and requests nothing', () => {
  expect(render(summaryOf(), { classes: new Set() })).toBe(
    [
      'Copied 1,980 objects, 64.2 MB in 4.0 s: 495 objects/s, 16.1 MB/s.',
      'Requests: 1,983 to the source, 1,980 to the destination.',
      'Manifests: 2 finished, 0 already finished, 0 unreadable.',
      '',
    ].join('\n'),
  )
})

test('failures are shown with their codes, and with the command that retries only them', () => {
  const text = render(summaryOf({ failed: 3, missing: 2 }), {
    codes: new Map([
      ['AccessDenied', 1],
      ['NoSuchKey', 2],
    ]),
  })
  expect(text).toContain(
    'Failed 3, 2 of them missing at the source.\n          2  NoSuchKey\n          1  AccessDenied\n',
  )
  expect(text).toContain("Retry only what failed: lagoon --data-dir 'my state'")
  expect(text).toContain("Show what failed and why: lagoon failures --data-dir 'my state'")
})

test('failures that a retry cannot fix are not answered with a retry', () => {
  const lasting = render(summaryOf({ failed: 2, missing: 1 }), { classes: new Set(['missing', 'row']) })
  expect(lasting).not.toContain('Retry only')
  expect(lasting).toContain('Restore the missing objects at the source')
  expect(lasting).toContain('Correct the manifest rows')
  const unreadable = summaryOf({ manifests: { completed: 0, skipped: 0, failed: 1 } })
  expect(render(unreadable, { classes: new Set() })).toContain(
    "Correct the manifests that cannot be read (the log names them), then: lagoon --data-dir 'my state'",
  )
  expect(render(unreadable, { classes: new Set(['manifest']) })).toContain('Retry only what failed')
})

test('suggested commands are about the same job, wherever it was named', () => {
  const job = jobFlags(settingsOf({ profile: 'prod', config: 'jobs.yaml' }, { LAGOON_DATA_DIR: 'elsewhere' }))
  const text = render(summaryOf({ failed: 1 }), { argv: ['--profile', 'prod', '--config', 'jobs.yaml'], job })
  expect(text).toContain('Show what failed and why: lagoon failures --config jobs.yaml --profile prod\n')
})

test('an interrupted run shows how to resume, and where its report is', () => {
  const options = { dryRun: false, report: 'run.parquet' }
  const text = render(summaryOf({ interrupted: true }), { options })
  expect(text).toContain("Resume: lagoon --data-dir 'my state'")
  expect(text).toContain('Report of this run: run.parquet')
})

test('a dry run shows what it would do, and that it did nothing', () => {
  const text = render(summaryOf({ completed: 0, planned: 42, skipped: 7 }), {
    options: { dryRun: true },
  })
  expect(text).toContain('A run would copy 42 objects; 7 are complete or named twice. Nothing was changed.')
})

test.each([
  ['finished', undefined, 0],
  ['finished', 'SIGINT', 0],
  ['failures', undefined, 3],
  ['failures', 'SIGINT', 3],
  ['signal', 'SIGINT', 130],
  ['signal', 'SIGTERM', 143],
  ['disk-full', undefined, 5],
  ['state', undefined, 5],
  ['listing', undefined, 5],
  ['credentials', undefined, 5],
  ['store', undefined, 5],
  ['credentials', 'SIGINT', 5],
  ['defect', undefined, 1],
] as const)(
  'a run that ends for the reason %s, with the signal %s, exits with %d',
  (reason, signal, code) => {
    expect(exitCodeOfRun(summaryOf({ reason }), signal)).toBe(code)
  },
)

test.each(['credentials', 'state', 'store', 'usage'] as const)(
  'the reason %s exits with 2 if nothing was copied',
  (reason) => {
    expect(exitCodeOfRun(summaryOf({ reason, completed: 0 }), undefined)).toBe(2)
    expect(exitCodeOfError(reason)).toBe(2)
  },
)

test.each([
  ['locked', 4],
  ['disk-full', 2],
  ['state', 2],
  ['defect', 1],
] as const)('a run that never began for the reason %s exits with %d', (reason, code) => {
  expect(exitCodeOfError(reason)).toBe(code)
})

test('suggested commands can be pasted, whatever they contain', () => {
  expect(shellQuote('a/b_c=1')).toBe('a/b_c=1')
  expect(shellQuote("it's")).toBe(`'it'\\''s'`)
  expect(shellQuote('')).toBe("''")
  expect(commandLine('lagoon', ['--report', '\u001b[2J'])).toBe("lagoon --report '\\x1b[2J'")
})

test('the tool is named as it was started', () => {
  expect(toolName({})).toBe('lagoon')
  expect(toolName({ npm_config_user_agent: 'pnpm/12.0.0 npm/? node/v24', npm_lifecycle_event: 'demo' })).toBe(
    'npx -y pnpm@12 lagoon',
  )
})
