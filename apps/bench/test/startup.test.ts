import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startup } from '../src/commands/startup.js'
import { startupTable } from '../src/startup/tables.js'

test('start-up is measured in turn with Node itself, and set beside it', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const session = { directory, signal: new AbortController().signal, defer: () => {} }
  const result = await startup({ repeats: 2, command: 'bench startup' }, session)
  expect(result.startups.map(({ name }) => name)).toEqual(['node -e 0', 'lagoon --version', 'lagoon --help'])
  expect(result.startups.map(({ wallMs }) => wallMs.count)).toEqual([2, 2, 2])
  expect(result.startups[0]!.timesNode).toBe(1)
  expect(startupTable(result).rows).toHaveLength(3)
  await rm(directory, { recursive: true })
})
