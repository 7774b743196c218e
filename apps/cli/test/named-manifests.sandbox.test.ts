import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseArguments } from '../src/command-line/parse-arguments.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { sandboxJob } from './support/sandbox-job.js'
import { settingsOf } from './support/settings.js'

test('--manifest may be given several times, and - is a value', () => {
  const { flags } = parseArguments(['--manifest', '-', '--manifest=a.csv', '--json', '--json'])
  expect(flags).toEqual({ manifest: ['-', 'a.csv'], json: true })
  expect(resolveSyncOptions(settingsOf(flags)).manifests).toEqual(['-', 'a.csv'])
  expect(resolveSyncOptions(settingsOf({ manifest: 'a.csv' })).manifests).toEqual(['a.csv'])
})

test('--all-versions works with --manifest, and is off otherwise', () => {
  const taken = (flags: Record<string, string | boolean>) => resolveSyncOptions(settingsOf(flags)).allVersions
  expect(taken({ manifest: 'inventory/manifest.json', 'all-versions': true })).toBe(true)
  expect(taken({ manifest: 'inventory/manifest.json' })).toBe(false)
})

test('for any other flag the last value counts', () => {
  expect(
    parseArguments(['--data-dir', 'a', '--data-dir', 'b', '--dry-run', '--dry-run=false']).flags,
  ).toEqual({
    'data-dir': 'b',
    'dry-run': false,
  })
})

test('sync copies the keys of a local list and of standard input, filtered', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a/1', 'a/2', 'b/1', 'c/1'])
  writeFileSync(join(job.directory, 'keys.csv'), 'key,size\na/1,3\nb/1,3\n')
  const args = ['--manifest', './keys.csv', '--manifest', '-', '--filter-regex', '^[ab]/']
  const { code } = await job.run(args, { input: 'a/2\nc/1\n' })
  expect(code).toBe(0)
  expect(job.copied()).toEqual(['a/1', 'a/2', 'b/1'])
})

test('a missing manifest is reported before anything is copied', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  const { code, stderr } = await job.run(['--manifest', './nowhere.txt'])
  expect(code).toBe(2)
  expect(stderr).toContain('LAGOON_SYNC_MANIFEST_NOT_FOUND')
  expect(job.copied()).toEqual([])
})
