import { startFaultProxy, storePair } from '@lagoon/testkit'
import { expect, onTestFinished, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { makeJob } from './support/job.js'
import { summaryOf } from './support/summary-of.js'

const { source, destination } = storePair()

test('after kill -9 in the middle of the listing the same command lists the rest and copies everything', async () => {
  const proxy = await startFaultProxy(source)
  onTestFinished(() => proxy.close())
  const job = await makeJob({ source, destination, objects: 1_100, manifests: 0, sizes: 10 })
  const env = { LAGOON_SOURCE_ENDPOINT_URL: proxy.url }
  const args = [`s3://${job.bucket}`, `s3://${job.bucket}`, '--json', '--list-concurrency', '1']
  // The second page of two, which begins where the first one ended.
  const hold = proxy.hold({
    operation: 'ListObjectsV2',
    where: ({ query }) => query.has('continuation-token'),
  })
  const killed = await job.run(args, {
    env,
    async onEvent(event, child) {
      if (event.type !== 'manifest' || event.status !== 'opened') return
      await hold.arrived()
      child.kill('SIGKILL')
    },
  })
  expect(killed.signal).toBe('SIGKILL')
  hold.release()
  proxy.requests.clear()

  const resumed = await job.run(args, { env })
  expectExit(resumed, 0)
  const listings = resumed.events().filter(({ type }) => type === 'listing')
  expect(listings).toMatchObject([
    { status: 'resumed', objects: 1_000 },
    { status: 'finished', objects: 1_100 },
  ])
  const { completed, skipped, failed } = summaryOf(resumed)
  expect({ all: completed + skipped, failed }).toEqual({ all: 1_100, failed: 0 })
  expect(await job.compare()).toBe(1_100)
  const listed = proxy.requests.records.filter(({ query }) => query.get('start-after') !== undefined)
  expect(listed).toHaveLength(1)
})
