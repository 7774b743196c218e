import { storePair } from '@lagoon/testkit'
import { expect, test } from 'vitest'
import type { Check } from '../src/doctor/check.js'
import { expectExit } from './support/expect-exit.js'
import { makeJob } from './support/job.js'
import { summaryOf } from './support/summary-of.js'

const { kind, source, destination } = storePair()

test('an operator creates manifests, plans, syncs, and verifies that every object is at the destination', async () => {
  const job = await makeJob({ source, destination, objects: 60, sizes: 'mixed' })
  const own = { LAGOON_MANIFEST_PREFIX: 'lists/' }
  const created = await job.run(['manifest', 'create', 'data/', '--json', '--upload'], { env: own })
  expectExit(created, 0)
  expect(created.events().at(-1)).toMatchObject({ rows: 60, refused: 0 })
  const plan = await job.run(['plan', '--json'], { env: own })
  expectExit(plan, 0)
  expect(plan.events().at(-1)).toMatchObject({ planned: 60, bytes: created.events().at(-1)!.bytes })
  const synced = await job.run(['--json'], { env: own })
  expectExit(synced, 0)
  expect(summaryOf(synced)).toMatchObject({ completed: 60, bytes: created.events().at(-1)!.bytes })
  const verified = await job.run(['verify', '--json'], { env: own })
  expectExit(verified, 0)
  expect(verified.events().at(-1)).toMatchObject({ same: 60, different: 0 })
})

test('doctor approves two real stores, and leaves nothing at the destination', async () => {
  const job = await makeJob({ source, destination, objects: 1 })
  const result = await job.run(['doctor', '--json', '--max-concurrency', '16'])
  expectExit(result, 0)
  const checks = result.events().filter(({ type }) => type === 'check') as unknown as Check[]
  const wrong = checks.filter(({ status }) => status === 'failed' || status === 'warning')
  // MinIO takes keys for paths.
  const earned = kind === 'minio' ? [['destination', 'keys', 'warning']] : []
  expect(wrong.map(({ place, name, status }) => [place, name, status])).toEqual(earned)
  const again = await job.run(['--json'])
  expect(summaryOf(again)).toMatchObject({ completed: 1 })
})
