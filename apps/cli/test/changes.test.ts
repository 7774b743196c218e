import { expect, test } from 'vitest'
import { parseChanges, parsePairs } from '../src/control/changes.js'
import { compareSettings, resolveRunSettings, type RunSettings } from '../src/control/run-settings.js'
import { failureOf } from './support/failure-of.js'
import { settingsOf } from './support/settings.js'

const parse = (...words: string[]) =>
  parseChanges(parsePairs(words).map(([name, value]) => [name, { value, origin: name, from: 'flag' }]))

test('every setting that can change is parsed like its flag; none removes a cap', () => {
  expect(
    parse(
      'min-concurrency=2',
      'max-concurrency=64',
      'max-bytes-per-second=50MB/s',
      'max-requests-per-second=none',
      'log-level=debug',
      'schedule=none',
    ),
  ).toEqual({
    minConcurrency: 2,
    maxConcurrency: 64,
    maxBytesPerSecond: 50_000_000,
    maxRequestsPerSecond: null,
    logLevel: 'DEBUG',
    schedule: null,
  })
  expect(parse('schedule=0:00-24:00 pause').schedule).toMatchObject({ text: '0:00-24:00 pause' })
})

test.each([
  [['max-concurrency'], '"max-concurrency" is not a change', 'Write name=value'],
  [['max-concurency=3'], 'max-concurency cannot be changed', 'Did you mean max-concurrency?'],
  [['data-dir=x'], 'data-dir cannot be changed', 'These can: concurrency, min-concurrency'],
  [['max-concurrency=0'], 'max-concurrency is "0"', 'a whole number from 1 to 16384'],
  [['max-bytes-per-second=fast'], 'max-bytes-per-second is "fast"', ' a second. none removes it.'],
  [['max-requests-per-second=1k'], 'max-requests-per-second is "1k"', 'none removes it.'],
  [['schedule=soon'], 'schedule: "soon" is not an entry', 'Allowed: entries like'],
])('refuses %j', (words, message, hint) => {
  expect(failureOf(() => parse(...words))).toMatchObject({
    message: expect.stringContaining(message),
    hint: expect.stringContaining(hint),
  })
})

const names = ['max-concurrency', 'concurrency', 'data-dir', 'max-bytes-per-second', 'LAGOON_SOURCE_BUCKET']
const compare = (before: Record<string, string>, after: Record<string, string>, running?: RunSettings) =>
  compareSettings(
    settingsOf({}, before),
    settingsOf({}, after),
    names,
    running ?? resolveRunSettings(settingsOf({}, before)),
  )

test('reloaded settings are sorted into applied, needing a restart, and unchanged', () => {
  expect(compare({ LAGOON_DATA_DIR: 'a' }, { LAGOON_DATA_DIR: 'a' })).toEqual({
    changes: {},
    applied: [],
    needRestart: [],
  })
  expect(
    compare(
      { LAGOON_DATA_DIR: 'a', LAGOON_MAX_BYTES_PER_SECOND: '7', LAGOON_SOURCE_BUCKET: 'x' },
      { LAGOON_DATA_DIR: 'b', LAGOON_MAX_CONCURRENCY: '8', LAGOON_SOURCE_BUCKET: 'y' },
    ),
  ).toEqual({
    changes: { minConcurrency: 1, maxConcurrency: 8, maxBytesPerSecond: null },
    applied: ['max-concurrency', 'max-bytes-per-second'],
    needRestart: ['data-dir', 'LAGOON_SOURCE_BUCKET'],
  })
})

test('reloaded settings are compared with those of the run, which may have changed since', () => {
  const file = { LAGOON_MAX_CONCURRENCY: '64', LAGOON_DATA_DIR: 'a' }
  const running = resolveRunSettings(settingsOf({}, { ...file, LAGOON_MAX_CONCURRENCY: '8' }))
  expect(compare(file, file, running)).toMatchObject({
    changes: { maxConcurrency: 64 },
    applied: ['max-concurrency'],
    needRestart: [],
  })
})

test('a fixed number follows the settings; switching between a fixed number and bounds needs a restart', () => {
  expect(compare({ LAGOON_CONCURRENCY: '4' }, { LAGOON_CONCURRENCY: '5' })).toMatchObject({
    changes: { concurrency: 5 },
    applied: ['concurrency'],
  })
  expect(compare({}, { LAGOON_CONCURRENCY: '5', LAGOON_MAX_BYTES_PER_SECOND: '9' })).toEqual({
    changes: { maxBytesPerSecond: 9 },
    applied: ['max-bytes-per-second'],
    needRestart: ['concurrency'],
  })
})
