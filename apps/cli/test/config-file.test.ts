import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { findConfig } from '../src/config/find-config.js'
import { flagKeys, storeKeys } from '../src/config/file-keys.js'
import { loadConfig } from '../src/config/load-config.js'
import { resolveEndpoints } from '../src/options/endpoint.js'
import { sizeFlag } from '../src/options/flag-values.js'
import { settingNames } from '../src/options/flags.js'
import { createSettings } from '../src/options/settings.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { endpointVariables } from '../src/options/variables.js'
import { configOf, settingsOfFile } from './support/config-file.js'
import { failureOf } from './support/failure-of.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const both = `
maxAttempts: 2
source: { bucket: lake, region: eu-central-1 }
profiles:
  prod:
    maxAttempts: 3
    source: { bucket: prod-lake }
`

test('flags take precedence over the environment, then .env, the profile, and the rest of the file', () => {
  const file = configOf(both, 'prod')
  const flags = { 'max-attempts': '6' }
  const environment = { LAGOON_MAX_ATTEMPTS: '5' }
  const dotEnv = { LAGOON_MAX_ATTEMPTS: '4' }
  const read = (sources: object, given = file) => settingsOfFile(given, sources).flag('max-attempts')
  expect(read({ flags, environment, dotEnv })).toMatchObject({ value: '6', from: 'flag' })
  expect(read({ environment, dotEnv })).toMatchObject({ value: '5', from: 'environment' })
  expect(read({ dotEnv })).toMatchObject({ value: '4', from: 'dotEnv' })
  expect(read({})).toEqual({
    value: '3',
    from: 'profile',
    origin: 'lagoon.config.yaml:6: profiles.prod.maxAttempts',
  })
  expect(read({}, configOf(both))).toEqual({
    value: '2',
    from: 'file',
    origin: 'lagoon.config.yaml:2: maxAttempts',
  })
})

test('values that a profile lacks come from outside it, one by one', () => {
  const settings = settingsOfFile(configOf(both, 'prod'))
  expect(settings.variable('LAGOON_SOURCE_BUCKET')?.value).toBe('prod-lake')
  expect(settings.variable('LAGOON_SOURCE_REGION')?.value).toBe('eu-central-1')
})

test('every setting with a variable can be in a file, except the file and the profile themselves', () => {
  expect(flagKeys.map(({ flag }) => flag)).toEqual(
    settingNames.filter((name) => name !== 'config' && name !== 'profile'),
  )
  const settings = new Set(storeKeys.map(({ setting }) => setting))
  for (const variable of endpointVariables)
    expect(settings).toContain(variable.replace(/^LAGOON_(SOURCE|DESTINATION)_/, ''))
})

test.each(['50MB', '50 MB/s', '50000000'])('a file may write a size as %s', (size) => {
  const file = configOf(`maxBytesPerSecond: ${size}`)
  expect(sizeFlag(settingsOfFile(file), 'max-bytes-per-second')).toBe(50_000_000)
})

test('JSON is equivalent to YAML', () => {
  const file = configOf(
    '{\n\t"maxAttempts": 7,\n\t"source": {"bucket": "lake"}\n}',
    undefined,
    'lagoon.config.json',
  )
  expect(settingsOfFile(file).flag('max-attempts')).toMatchObject({
    value: '7',
    origin: 'lagoon.config.json:2: maxAttempts',
  })
})

test('a byte order mark, as some editors write it, changes nothing', () => {
  for (const name of ['lagoon.config.json', 'lagoon.config.yaml'])
    expect(
      settingsOfFile(configOf('\uFEFF{"maxAttempts": 7}', undefined, name)).flag('max-attempts')?.value,
    ).toBe('7')
})

test('a run can take all its settings from a file', () => {
  const file = configOf(`
    dataDir: state
    copyTags: true
    manifestPrefix: ''
    source: &aws { provider: aws, region: eu-central-1, bucket: lake }
    destination: { provider: r2, accountId: abc, bucket: copy }
  `)
  expect(resolveSyncOptions(settingsOfFile(file))).toMatchObject({
    dataDir: 'state',
    manifestPrefix: '',
    copy: { tags: true },
    source: { region: 'eu-central-1', bucket: 'lake' },
    destination: { endpointUrl: 'https://abc.r2.cloudflarestorage.com', region: 'auto', bucket: 'copy' },
  })
})

const withKeys = `
source:
  bucket: lake
  accessKeyIdEnv: OUR_ID
  secretAccessKeyEnv: OUR_SECRET
  sessionTokenEnv: OUR_TOKEN
destination: { bucket: copy }
`

test('secrets are read from the variables that the file names, in the environment or in .env', () => {
  const settings = settingsOfFile(configOf(withKeys), {
    environment: { OUR_ID: 'id', OUR_SECRET: 'the-secret' },
    dotEnv: { OUR_TOKEN: 'the-token' },
  })
  expect(resolveEndpoints(settings).source.credentials).toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'the-secret',
    sessionToken: 'the-token',
  })
  expect(settings.secrets()).toEqual(['the-secret', 'the-token'])
})

test('a proxy with a password is read from a variable, too, and its password is a secret', () => {
  const file = configOf(
    'source: { bucket: lake, proxyEnv: OUR_PROXY }\ndestination: { bucket: copy, proxy: none }',
  )
  const settings = settingsOfFile(file, { environment: { OUR_PROXY: 'http://me:hush-hush@proxy:3128' } })
  expect(resolveEndpoints(settings)).toMatchObject({
    source: { proxy: 'http://me:hush-hush@proxy:3128' },
    destination: { proxy: 'none' },
  })
  expect(settings.secrets()).toContain('hush-hush')
})

test('a variable that the file names but is not set is reported with the line', () => {
  const settings = settingsOfFile(configOf(withKeys), { environment: { OUR_SECRET: 'x' } })
  expect(failureOf(() => resolveEndpoints(settings))).toMatchObject({
    code: 'LAGOON_CLI_MISSING_SETTING',
    message: 'lagoon.config.yaml:4: source.accessKeyIdEnv names the variable OUR_ID, which is not set',
  })
})

test('keys of the environment are never combined with those of the file, nor those of a profile with others', () => {
  const environment = {
    LAGOON_SOURCE_ACCESS_KEY_ID: 'a',
    LAGOON_SOURCE_SECRET_ACCESS_KEY: 'b',
    OUR_ID: 'c',
    OUR_SECRET: 'd',
    OUR_TOKEN: 'e',
  }
  const settings = settingsOfFile(configOf(withKeys), { environment })
  expect(resolveEndpoints(settings).source.credentials).toEqual({ accessKeyId: 'a', secretAccessKey: 'b' })
  const profile = `${withKeys}profiles: { p: { source: { accessKeyId: plain, secretAccessKeyEnv: OUR_SECRET } } }\n`
  const { LAGOON_SOURCE_ACCESS_KEY_ID: _, LAGOON_SOURCE_SECRET_ACCESS_KEY: __, ...ours } = environment
  expect(
    resolveEndpoints(settingsOfFile(configOf(profile, 'p'), { environment: ours })).source.credentials,
  ).toEqual({
    accessKeyId: 'plain',
    secretAccessKey: 'd',
  })
})

const find = (names: readonly string[], flags: Record<string, string> = {}) => {
  const directory = temporaryDirectory()
  for (const name of names) writeFileSync(join(directory, name), '')
  const settings = createSettings({ flags, environment: {}, dotEnv: {} })
  return { directory, found: () => findConfig(settings, directory) }
}

test.each(['lagoon.config.json', 'lagoon.config.yaml', 'lagoon.config.yml'])(
  '%s in the working directory is found',
  (name) => {
    const { directory, found } = find([name])
    expect(found()).toEqual({ path: join(directory, name), shown: name })
  },
)

test('two files in one directory are refused unless one is named', () => {
  const names = ['lagoon.config.json', 'lagoon.config.yaml']
  expect(failureOf(find(names).found)).toMatchObject({
    code: 'LAGOON_CLI_CONFLICT',
    message: 'found lagoon.config.json and lagoon.config.yaml, but only one may exist',
  })
  expect(find(names, { config: names[1]! }).found()).toMatchObject({ shown: names[1] })
})

test('a profile without a file is refused, and a missing file is not an error', () => {
  expect(find([]).found()).toBeUndefined()
  expect(failureOf(find([], { profile: 'prod' }).found)).toMatchObject({ code: 'LAGOON_CLI_MISSING_SETTING' })
})

test('an empty file sets nothing', () => {
  expect(settingsOfFile(configOf('# nothing yet\n')).flag('max-attempts')).toBeUndefined()
})

test('if buckets are missing and there are profiles, they are suggested', () => {
  const settings = settingsOfFile(configOf(both))
  expect(failureOf(() => resolveEndpoints(settings)).hint).toBe(
    'Choose a profile of lagoon.config.yaml with --profile: prod.',
  )
})

test('a configuration is not read from a device in its place', () => {
  const directory = temporaryDirectory()
  symlinkSync('/dev/zero', join(directory, 'lagoon.config.yaml'))
  const found = findConfig(settingsOfFile(configOf('')), directory)!
  expect(failureOf(() => loadConfig(found, undefined))).toMatchObject({
    code: 'LAGOON_CLI_FILE',
    message: 'the configuration file lagoon.config.yaml is not a regular file',
  })
})

test('a file that cannot be read is refused by name', () => {
  const found = { path: join(temporaryDirectory(), 'gone.yaml'), shown: 'gone.yaml' }
  expect(failureOf(() => loadConfig(found, undefined))).toMatchObject({
    code: 'LAGOON_CLI_FILE',
    message: 'the configuration file gone.yaml cannot be read (ENOENT)',
  })
})
