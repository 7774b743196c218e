import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { configJsonSchema } from '../src/config/config-schema.js'
import { runCli } from './support/run-cli.js'

/** Brought up to date by `vitest run -u apps/cli/test/config-schema.test.ts`. */
const published = fileURLToPath(new URL('../lagoon.config.schema.json', import.meta.url))

test('the published JSON Schema is the one that files are checked with', async () => {
  const text = await format(JSON.stringify(configJsonSchema()), { parser: 'json', printWidth: 110 })
  await expect(text).toMatchFileSnapshot(published)
})

test('lagoon config schema prints it, whatever file lies about', async () => {
  const { code, stdout } = await runCli({
    args: ['config', 'schema'],
    env: { LAGOON_CONFIG: 'no-such-file.yaml' },
  })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(configJsonSchema())
})
