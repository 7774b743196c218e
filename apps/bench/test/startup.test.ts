import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startup } from '../src/commands/startup.js'
import { session } from './samples.js'

test('start-up is measured in turn with Node itself, and compared with it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const result = await startup.measure({ repeats: 2 }, session(directory))
  expect(result.startups.map(({ name }) => name)).toEqual(['node -e 0', 'lagoon --version', 'lagoon --help'])
  expect(result.startups.map(({ wallMs }) => wallMs.length)).toEqual([2, 2, 2])
  expect(result.startups[0]!.timesNode).toBe(1)
  expect(startup.describe(result).sections[0]).toMatchObject({ type: 'table' })
  await rm(directory, { recursive: true })
})
