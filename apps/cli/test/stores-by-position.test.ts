import { describe, expect, test } from 'vitest'
import { parseArguments } from '../src/command-line/parse-arguments.js'
import { commands } from '../src/command-specs/commands.js'
import type { CommandSpec } from '../src/command-specs/command-spec.js'
import { createSettings } from '../src/options/settings.js'
import { storesByPosition } from '../src/options/stores-by-position.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { resolveWatch } from '../src/options/watch.js'
import { jobFlags } from '../src/output/job-flags.js'
import { failureOf } from './support/failure-of.js'

const two = ['s3://lake/photos', 's3://copy/backup/']

function settingsOf(args: readonly string[], environment: Record<string, string> = {}) {
  const { command, flags, positionals } = parseArguments(args)
  const spec: CommandSpec = commands[command]
  const stores = spec.takesStores === true ? storesByPosition(positionals) : undefined
  return createSettings({ flags, environment, dotEnv: {}, stores })
}

const optionsOf = (args: readonly string[], environment: Record<string, string> = {}) =>
  resolveSyncOptions(settingsOf(args, environment))

test.each([[two], [['sync', ...two]], [['--data-dir', 'd', ...two, '--json']], [['-n', ...two]]])(
  '%j is a sync of the two stores',
  (args) => {
    expect(parseArguments(args)).toMatchObject({ command: 'sync', positionals: two })
  },
)

test.each(['plan', 'verify', 'doctor', 'cleanup', 'failures', 'state move'])(
  '%s takes the stores, too',
  (name) => {
    expect(parseArguments([...name.split(' '), ...two])).toMatchObject({ command: name, positionals: two })
  },
)

test('a flag may have a value that looks like a store', () => {
  expect(parseArguments(['--manifest', 's3://lake/keys.csv'])).toMatchObject({
    command: 'sync',
    positionals: [],
    flags: { manifest: 's3://lake/keys.csv' },
  })
})

describe('stores on the command line', () => {
  test('determine the listing and the key mapping, whatever variables say; a prefix is a directory', () => {
    const options = optionsOf(two, { LAGOON_SOURCE_BUCKET: 'other', LAGOON_STRIP_PREFIX: 'x/' })
    expect(options).toMatchObject({
      source: { bucket: 'lake' },
      destination: { bucket: 'copy' },
      copy: { stripPrefix: 'photos/', addPrefix: 'backup/' },
      listing: { prefix: 'photos/', rescan: false },
    })
  })

  test('are whole buckets without a prefix, and keys stay unchanged', () => {
    const { copy, listing } = optionsOf(['s3://lake', 's3://copy/'])
    expect({ copy, listing }).toEqual({ copy: {}, listing: { prefix: '', rescan: false } })
  })

  test('work with named manifests, which are read instead of a listing', () => {
    const options = optionsOf([...two, '--manifest', 'keys.csv'])
    expect(options).toMatchObject({ manifests: ['keys.csv'], copy: { stripPrefix: 'photos/' } })
    expect(options).not.toHaveProperty('listing')
  })

  test('are repeated in suggested commands about the job', () => {
    expect(jobFlags(settingsOf([...two, '--data-dir', 'd']))).toEqual([
      '--data-dir',
      'd',
      's3://lake/photos/',
      's3://copy/backup/',
    ])
  })

  test.each<[string, string[], string]>([
    ['one alone', ['s3://lake'], 'LAGOON_CLI_USAGE'],
    ['three', [...two, 's3://third'], 'LAGOON_CLI_USAGE'],
    ['a local directory', ['s3://lake', './copy'], 'LAGOON_CLI_USAGE'],
    ['no bucket', ['s3://', 's3://copy'], 'LAGOON_CLI_USAGE'],
    ['a bucket that can be none', ['s3://a b', 's3://copy'], 'LAGOON_CLI_INVALID_VALUE'],
    ['the same one twice', ['s3://lake', 's3://lake'], 'LAGOON_TRANSFER_SAME_BUCKET'],
    ['a prefix given twice', [...two, '--add-prefix', 'x/'], 'LAGOON_CLI_CONFLICT'],
    ['--manifest-prefix', [...two, '--manifest-prefix', 'm/'], 'LAGOON_CLI_CONFLICT'],
    ['--shard-by row-group', [...two, '--shard', '0/2', '--shard-by', 'row-group'], 'LAGOON_CLI_CONFLICT'],
    ['--rescan beside manifests', [...two, '--rescan', '--manifest', 'k.csv'], 'LAGOON_CLI_CONFLICT'],
  ])('are refused with a code: %s', (_, args, code) => {
    expect(failureOf(() => optionsOf(args)).code).toBe(code)
  })

  test('cannot be watched, because a listing is made once', () => {
    const settings = settingsOf([...two, '--watch', '5m'])
    expect(failureOf(() => resolveWatch(settings, resolveSyncOptions(settings))).code).toBe(
      'LAGOON_CLI_CONFLICT',
    )
  })
})
