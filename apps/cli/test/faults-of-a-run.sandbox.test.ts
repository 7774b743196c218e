import { expect, test } from 'vitest'
import { filledJob } from './support/filled-job.js'
import { summaryOf } from './support/summary-of.js'

test.each(['source', 'destination'] as const)(
  'fixed keys that expire at the %s stop the run with 5, and no object counts as failed for it',
  async (side) => {
    const job = await filledJob(40)
    const operation = side === 'source' ? 'GetObject' : 'PutObject'
    const rule = job[side].faults.add({
      operation,
      where: ({ key }) => key !== null && Number(key.slice('data/'.length)) >= 10,
      action: { type: 'error', code: 'ExpiredToken', status: 400 },
    })
    const stopped = await job.run(['--json', '--concurrency', '4'])
    expect(stopped.code).toBe(5)
    expect(stopped.stderr).toContain('ExpiredToken')
    expect(stopped.stderr).toContain(
      'Renew the credentials; they have expired. Then run the same command again.',
    )
    expect(summaryOf(stopped)).toMatchObject({ reason: 'credentials', exitCode: 5, interrupted: true })
    const failures = await job.run(['failures', '--json'])
    expect(failures.stdout).not.toContain('data/')

    rule.remove()
    const { completed, skipped, failed } = summaryOf(await job.run(['--json']))
    expect({ failed, all: completed + skipped }).toEqual({ failed: 0, all: 40 })
    expect(job.copied().length).toBe(40)
  },
)

test('a bucket that is deleted before the first copy stops the run with 2, and nothing counts as failed', async () => {
  const job = await filledJob(40)
  const hold = job.destination.hold({ operation: 'PutObject' })
  const running = job.start(['--concurrency', '4'])
  await hold.arrived(4)
  job.destination.store.deleteBucket('copy')
  hold.release()
  const stopped = await running.done
  expect(stopped.code).toBe(2)
  expect(stopped.stderr).toContain('NoSuchBucket')
  job.destination.store.createBucket('copy')
  expect(summaryOf(await job.run(['--json']))).toMatchObject({ completed: 40, failed: 0 })
})

test('keys that expire before the first copy stop the run with 2', async () => {
  const job = await filledJob(10)
  job.source.faults.add({
    operation: 'GetObject',
    where: ({ key }) => key?.startsWith('data/') === true,
    action: { type: 'error', code: 'ExpiredToken', status: 400 },
  })
  const stopped = await job.run(['--json'])
  expect(stopped.code).toBe(2)
  expect(summaryOf(stopped)).toMatchObject({ completed: 0, reason: 'credentials', exitCode: 2 })
})

test('temporary failures are retried once more at the end', async () => {
  const job = await filledJob(40)
  const attempts = { type: 'error', code: 'InternalError' } as const
  job.destination.faults.add({ operation: 'PutObject', key: 'data/3', times: 2, action: attempts })
  const result = await job.run(['--json', '--max-attempts', '2'])
  expect(result.code).toBe(0)
  expect(summaryOf(result)).toMatchObject({ completed: 40, failed: 0 })
  const puts = job.destination.requests.matching({ operation: 'PutObject', key: 'data/3' })
  expect(puts.at(-1)!.sequence).toBeGreaterThan(
    job.destination.requests.matching({ key: 'data/39' })[0]!.sequence,
  )
})
