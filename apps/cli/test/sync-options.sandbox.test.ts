import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { booleanFlag, resolveLogLevel } from '../src/options/flag-values.js'
import { resolveConcurrency, resolveSyncOptions } from '../src/options/sync-options.js'
import { failureOf } from './support/failure-of.js'
import { settingsOf } from './support/settings.js'

const directory = mkdtempSync(join(tmpdir(), 'lagoon-options-'))
afterAll(() => rmSync(directory, { recursive: true }))

test('the defaults are those of the contract', () => {
  expect(resolveSyncOptions(settingsOf())).toEqual({
    source: { bucket: 'lake', region: 'us-east-1' },
    destination: { bucket: 'copy', region: 'us-east-1' },
    dataDir: 'data',
    manifestPrefix: 'manifest/',
    allVersions: false,
    copy: {},
    concurrency: { max: 1024 },
    maxAttempts: 5,
    dryRun: false,
  })
  expect(resolveLogLevel(settingsOf())).toBe('INFO')
})

test.each([
  ['manifest-prefix', 'lists/2024', { manifestPrefix: 'lists/2024' }],
  ['manifest-column', 'path', { manifestColumn: 'path' }],
  ['data-dir', 'state', { dataDir: 'state' }],
  ['overwrite', 'if-missing', { copy: { overwrite: 'if-missing' } }],
  ['verification', 'strict', { copy: { verify: 'strict' } }],
  ['server-side-copy', 'never', { copy: { serverSideCopy: 'never' } }],
  ['multipart-threshold', '64MiB', { copy: { multipartThresholdBytes: 64 * 2 ** 20 } }],
  ['part-size', '8 MiB', { copy: { partSizeBytes: 8 * 2 ** 20 } }],
  ['strip-prefix', 'old/', { copy: { stripPrefix: 'old/' } }],
  ['add-prefix', 'new/', { copy: { addPrefix: 'new/' } }],
  ['copy-tags', 'true', { copy: { tags: true } }],
  ['storage-class', 'keep', { copy: { storageClass: 'keep' } }],
  ['acl', 'private', { copy: { acl: 'private' } }],
  ['sse', 'aws:kms', { copy: { serverSideEncryption: 'aws:kms' } }],
  ['sse-kms-key-id', 'k', { copy: { kmsKeyId: 'k' } }],
  ['requester-pays', 'true', { source: { requesterPays: true } }],
  [
    'max-bytes-per-second',
    '1000',
    { source: { maxBytesPerSecond: 1000 }, destination: { maxBytesPerSecond: 1000 } },
  ],
  [
    'max-bytes-per-second',
    '50MB/s',
    { source: { maxBytesPerSecond: 50_000_000 }, destination: { maxBytesPerSecond: 50_000_000 } },
  ],
  [
    'max-requests-per-second',
    '10',
    { source: { maxRequestsPerSecond: 10 }, destination: { maxRequestsPerSecond: 10 } },
  ],
  ['min-concurrency', '8', { concurrency: { min: 8, max: 1024 } }],
  ['max-concurrency', '512', { concurrency: { max: 512 } }],
  ['concurrency', '24', { concurrency: { min: 24, max: 24, fixed: 24 } }],
  ['no-controller', 'true', { concurrency: { min: 64, max: 64, fixed: 64 } }],
  ['controller-interval-s', '2.5', { concurrency: { max: 1024, intervalMs: 2500 } }],
  ['max-attempts', '7', { maxAttempts: 7 }],
  ['threads', '4', { threads: 4 }],
  ['dry-run', 'TRUE', { dryRun: true }],
  ['report', join(directory, 'run.parquet'), { report: join(directory, 'run.parquet') }],
])('--%s %s takes effect, as a flag and as a variable', (name, value, expected) => {
  const variable = `LAGOON_${name.toUpperCase().replaceAll('-', '_')}`
  expect(resolveSyncOptions(settingsOf({ [name]: value }))).toMatchObject(expected)
  expect(resolveSyncOptions(settingsOf({}, { [variable]: value }))).toMatchObject(expected)
  expect(resolveSyncOptions(settingsOf({}, {}, { [variable]: value }))).toMatchObject(expected)
})

test('an empty prefix on the command line means the whole bucket', () => {
  expect(resolveSyncOptions(settingsOf({ 'manifest-prefix': '' })).manifestPrefix).toBe('')
})

test.each([
  [
    { 'no-controller': true, 'max-concurrency': '200' },
    { min: 200, max: 200, fixed: 200 },
  ],
  [
    { 'no-controller': true, concurrency: '32' },
    { min: 32, max: 32, fixed: 32 },
  ],
  [
    { concurrency: '2000', 'max-concurrency': '512' },
    { min: 2000, max: 2000, fixed: 2000 },
  ],
  [{ 'max-concurrency': '8' }, { max: 8 }],
  [{ 'no-controller': false }, { max: 1024 }],
])('%o means %o', (flags, expected) => {
  expect(resolveConcurrency(settingsOf(flags as Record<string, string | boolean>))).toEqual(expected)
})

test.each([
  ['multipart-threshold', '4MiB'],
  ['multipart-threshold', '6GiB'],
  ['part-size', 'large'],
])('--%s %s is refused', (name, value) => {
  expect(failureOf(() => resolveSyncOptions(settingsOf({ [name]: value })))).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: `--${name} is "${value}"`,
  })
})

test('a flag turns off what a variable turns on', () => {
  const settings = settingsOf({ json: false }, { LAGOON_JSON: 'true' })
  expect(booleanFlag(settings, 'json')).toBe(false)
})

test.each([
  [
    { 'min-concurrency': '64', 'max-concurrency': '32' },
    '--min-concurrency (64) is above --max-concurrency (32)',
  ],
  [
    { 'min-concurrency': '2000' },
    '--min-concurrency (2000) is above the default of --max-concurrency (1024)',
  ],
])('%o cannot be combined', (flags, message) => {
  expect(failureOf(() => resolveConcurrency(settingsOf(flags as Record<string, string>)))).toMatchObject({
    code: 'LAGOON_CLI_CONFLICT',
    message,
  })
})

test.each([
  ['max-attempts', '0', 'a whole number from 1 to 100. Did you mean 1?'],
  ['threads', '65', 'a whole number from 1 to 64. Did you mean 64?'],
  ['max-attempts', '2.6', 'a whole number from 1 to 100. Did you mean 3?'],
  ['max-attempts', 'five', 'a whole number from 1 to 100.'],
  ['max-attempts', '5x', 'a whole number from 1 to 100.'],
  ['max-attempts', '0x10', 'a whole number from 1 to 100.'],
  ['max-attempts', 'Infinity', 'a whole number from 1 to 100.'],
  ['concurrency', '-4', 'a whole number from 1 to 16384. Did you mean 1?'],
  ['concurrency', '99999999', 'a whole number from 1 to 16384. Did you mean 16384?'],
  ['min-concurrency', 'NaN', 'a whole number from 1 to 16384.'],
  ['max-concurrency', '1e3', 'a whole number from 1 to 16384.'],
  ['controller-interval-s', '0', 'a number from 0.05 to 3600. Did you mean 0.05?'],
  ['controller-interval-s', '10s', 'a number from 0.05 to 3600.'],
  ['dry-run', 'maybe', 'true or false.'],
  ['no-controller', 'ture', 'true or false. Did you mean true?'],
])('--%s %s is refused with the valid values', (name, value, allowed) => {
  const variable = `LAGOON_${name.toUpperCase().replaceAll('-', '_')}`
  expect(failureOf(() => resolveSyncOptions(settingsOf({ [name]: value })))).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: `--${name} is ${JSON.stringify(value)}`,
    hint: `Allowed: ${allowed}`,
  })
  expect(failureOf(() => resolveSyncOptions(settingsOf({}, { [variable]: value }))).message).toBe(
    `${variable} is ${JSON.stringify(value)}`,
  )
})

test('log levels are accepted in any case, and the nearest is named for any other', () => {
  for (const level of ['debug', 'Info', 'WARNING', 'eRRor']) {
    expect(resolveLogLevel(settingsOf({ 'log-level': level }))).toBe(level.toUpperCase())
  }
  expect(failureOf(() => resolveLogLevel(settingsOf({ 'log-level': 'warn' })))).toMatchObject({
    message: '--log-level is "warn"',
    hint: 'Allowed: DEBUG, INFO, WARNING, ERROR. Did you mean WARNING?',
  })
})

test('a report that cannot be written is refused before the copy', () => {
  const report = (value: string) => failureOf(() => resolveSyncOptions(settingsOf({ report: value })))
  expect(report('run.xlsx')).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: '--report is "run.xlsx"',
  })
  expect(report('')).toMatchObject({ code: 'LAGOON_CLI_INVALID_VALUE', message: '--report is empty' })
  expect(report(join(directory, 'nowhere', 'run.jsonl'))).toMatchObject({ code: 'LAGOON_CLI_FILE' })
})

test('a file at the path of the data directory is refused', () => {
  const file = join(directory, 'file')
  writeFileSync(file, '')
  expect(failureOf(() => resolveSyncOptions(settingsOf({ 'data-dir': file })))).toMatchObject({
    code: 'LAGOON_CLI_FILE',
  })
  expect(failureOf(() => resolveSyncOptions(settingsOf({ 'data-dir': '' }))).message).toBe(
    '--data-dir is empty',
  )
})
