import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { configJsonSchema } from '../src/config/config-schema.js'
import { resolveSyncOptions } from '../src/options/sync-options.js'
import { configOf, settingsOfFile } from './support/config-file.js'
import { runCli } from './support/run-cli.js'

/** Brought up to date by `vitest run -u apps/cli/test/config-schema.sandbox.test.ts`. */
const published = fileURLToPath(new URL('../lagoon.config.schema.json', import.meta.url))

test('the published JSON Schema is the one that files are validated with', async () => {
  const text = await format(JSON.stringify(configJsonSchema()), { parser: 'json', printWidth: 110 })
  await expect(text).toMatchFileSnapshot(published)
})

test('lagoon config schema prints it, even beside a broken file', async () => {
  const { code, stdout } = await runCli({
    args: ['config', 'schema'],
    env: { LAGOON_CONFIG: 'no-such-file.yaml' },
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(configJsonSchema())
})

test.each(['apps/cli/README.md', 'docs/configuration.md'])('the example in %s is a valid file', (page) => {
  const text = readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')
  const examples = [...text.matchAll(/^```yaml\n(# yaml-language-server.*?)^```/gms)].map(
    ([, example]) => example!,
  )
  expect(examples).toHaveLength(1)
  const { profiles } = configOf(examples[0]!)
  expect(profiles).toContain('prod')
  const environment = { R2_ACCESS_KEY_ID: 'id', R2_SECRET_ACCESS_KEY: 'secret' }
  const settings = settingsOfFile(configOf(examples[0]!, 'prod'), { environment })
  expect(resolveSyncOptions(settings)).toMatchObject({
    dataDir: 'state/prod',
    destination: { region: 'auto' },
  })
})
