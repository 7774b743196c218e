import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { EffectiveSetting } from '../src/config/effective-settings.js'
import { variableNames } from '../src/options/variables.js'
import { runCli, type CliResult } from './support/run-cli.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const config = `
maxAttempts: 9
source:
  provider: aws
  bucket: lake
profiles:
  prod:
    destination:
      provider: scaleway
      region: fr-par
      bucket: copy
      accessKeyIdEnv: PROD_ID
      secretAccessKeyEnv: PROD_SECRET
`
const env = {
  PROD_ID: 'SCW0123456789ABCDEF',
  PROD_SECRET: 'the-prod-secret',
  LAGOON_SOURCE_ACCESS_KEY_ID: 'short',
  LAGOON_SOURCE_SECRET_ACCESS_KEY: 'the-source-secret',
}

const show = (args: readonly string[], more: Record<string, string> = {}, text = config) => {
  const cwd = temporaryDirectory()
  writeFileSync(join(cwd, 'lagoon.config.yaml'), text)
  writeFileSync(join(cwd, '.env'), 'LAGOON_LOG_LEVEL=ERROR\n')
  return runCli({ args: ['config', 'show', ...args], cwd, env: { ...env, ...more } })
}

const settingsIn = (result: CliResult) =>
  new Map(result.events().map((event) => [event.variable as string, event as unknown as EffectiveSetting]))

test('every setting is shown with its value and its origin', async () => {
  const result = await show(['--json', '--profile', 'prod', '--max-concurrency', '99'], {
    LAGOON_STRIP_PREFIX: 'old/',
  })
  expect(result).toMatchObject({ code: 0, stderr: '' })
  const found = settingsIn(result)
  const origin = (variable: string) => `${found.get(variable)?.value} by ${found.get(variable)?.origin}`
  expect([...found.keys()].filter(Boolean).sort()).toEqual(
    variableNames.filter((name) => !/^LAGOON_(?:CONFIG|PROFILE)$/.test(name)).toSorted(),
  )
  expect(origin('LAGOON_MAX_CONCURRENCY')).toBe('99 by --max-concurrency')
  expect(origin('LAGOON_STRIP_PREFIX')).toBe('old/ by LAGOON_STRIP_PREFIX')
  expect(origin('LAGOON_LOG_LEVEL')).toBe('ERROR by LAGOON_LOG_LEVEL in .env')
  expect(origin('LAGOON_DESTINATION_BUCKET')).toBe(
    'copy by lagoon.config.yaml:11: profiles.prod.destination.bucket',
  )
  expect(origin('LAGOON_MAX_ATTEMPTS')).toBe('9 by lagoon.config.yaml:2: maxAttempts')
  expect(origin('LAGOON_DESTINATION_ENDPOINT_URL')).toBe('https://s3.fr-par.scw.cloud by preset scaleway')
  expect(origin('LAGOON_OVERWRITE')).toBe('overwrite by default')
  expect(origin('LAGOON_REPORT')).toBe('null by not set')
  expect(result.events().at(-1)).toMatchObject({
    type: 'config',
    file: 'lagoon.config.yaml',
    profile: 'prod',
    profiles: ['prod'],
    problem: null,
  })
})

test('secrets are masked, and only the end of an access key id is shown', async () => {
  for (const args of [
    ['--profile', 'prod'],
    ['--profile', 'prod', '--json'],
  ]) {
    const { stdout, stderr } = await show(args)
    expect(stdout).toContain('***CDEF')
    expect(stdout).toContain(
      'PROD_SECRET (lagoon.config.yaml:13: profiles.prod.destination.secretAccessKeyEnv)',
    )
    for (const secret of [env.PROD_SECRET, env.LAGOON_SOURCE_SECRET_ACCESS_KEY, env.PROD_ID, 'short'])
      expect(stdout + stderr).not.toContain(secret)
  }
})

test('a person sees a table, and what a run would refuse', async () => {
  const { code, stdout } = await show([], { LAGOON_SOURCE_ENDPOINT_URL: 'http://user:passw0rd@store:9000' })
  expect(code).toBe(2)
  expect(stdout).toMatch(
    /^Configuration file lagoon\.config\.yaml, no profile \(others: prod\)\.\n\nSource\n/,
  )
  expect(stdout).toMatch(/^ {2}maxAttempts +9 +lagoon\.config\.yaml:2: maxAttempts$/m)
  expect(stdout).toMatch(/A run cannot start: LAGOON_DESTINATION_BUCKET is not set\. Choose a profile/)
  expect(stdout).not.toContain('passw0rd')
})

test('an invalid value hides no other', async () => {
  const { code, stdout } = await show(['--profile', 'prod', '--json'], {
    LAGOON_MAX_ATTEMPTS: 'many',
    PROD_ID: '',
  })
  expect(code).toBe(2)
  expect(stdout).toContain('"value":"many"')
  expect(stdout).toContain('"problem":"PROD_ID is set, but empty.')
})
