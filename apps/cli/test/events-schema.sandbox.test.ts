import { fileURLToPath } from 'node:url'
import { format } from 'prettier'
import { expect, test } from 'vitest'
import { eventsJsonSchema, eventsSchema } from '../src/output/events-schema.js'
import { runCli } from './support/run-cli.js'
import { sandboxJob } from './support/sandbox-job.js'

/** Brought up to date by `vitest run -u apps/cli/test/events-schema.sandbox.test.ts`. */
const published = fileURLToPath(new URL('../lagoon.events.schema.json', import.meta.url))

test('the published JSON Schema of events is the one that they are validated with, and is printed', async () => {
  const text = await format(JSON.stringify(eventsJsonSchema()), { parser: 'json', printWidth: 110 })
  await expect(text).toMatchFileSnapshot(published)
  const { code, stdout } = await runCli({ args: ['config', 'schema', 'events'] })
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toEqual(eventsJsonSchema())
})

test('every line of a run with failures, a warning and metrics matches the schema', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a', 'b', 'gone', null])
  const result = await job.run(['--json', '--metrics-port', '0'])
  const lines = result.timedEvents()
  for (const line of lines) expect(eventsSchema().safeParse(line).error).toBeUndefined()
  expect(new Set(lines.map(({ type }) => type))).toEqual(
    new Set(['listening', 'start', 'manifest', 'totals', 'failure', 'progress', 'summary']),
  )
  const refused = await job.run(['--json', '--max-attempts', 'many'])
  for (const line of refused.timedEvents()) expect(eventsSchema().safeParse(line).error).toBeUndefined()
})
