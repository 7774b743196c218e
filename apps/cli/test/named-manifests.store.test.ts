import { storePair } from '@lagoon/testkit'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { makeJob } from './support/job.js'
import { summaryOf } from './support/summary-of.js'

test('a list in a real bucket is read once, and a missing one is reported', async () => {
  const { source, destination } = storePair()
  const job = await makeJob({ source, destination, objects: 3 })
  await job.putAtSource('listed/one +ü', 'body')
  await job.putAtSource('lists/keys +ü.csv', `${job.bucket},listed/one+%2B%C3%BC\n`)
  const args = ['--json', '--manifest', 'lists/keys +ü.csv']
  const first = await job.run(args)
  expectExit(first, 0)
  expect(summaryOf(first)).toMatchObject({ completed: 1, skipped: 0, manifests: { completed: 1 } })
  expect([...(await job.writes()).keys()]).toEqual(['listed/one +ü'])
  const second = await job.run(args)
  expectExit(second, 0)
  expect(summaryOf(second)).toMatchObject({ completed: 0, skipped: 1, manifests: { skipped: 1 } })
  const third = await job.run(['--json', '--manifest', `s3://${job.bucket}/lists/nowhere.csv`])
  expectExit(third, 2)
  expect(third.events().at(-1)).toMatchObject({ code: 'LAGOON_SYNC_MANIFEST_NOT_FOUND' })
})
