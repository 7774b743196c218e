import { openStateReadOnly } from '@lagoon/state-lmdb'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

test('of a multipart object that kill -9 interrupted at half, less than 60 % is sent again', async () => {
  const job = await sandboxJob()
  const parts = 8
  await job.source.store.put('lake', 'big', Buffer.alloc(parts * 5 * 2 ** 20, 'x'))
  await job.putKeys('manifest/m.parquet', ['big'])
  const args = ['--json', '--multipart-threshold', '5MiB', '--part-size', '5MiB']
  const stalled = job.destination.faults.add({
    operation: 'UploadPart',
    after: parts / 2,
    action: { type: 'stall' },
  })
  const { child, done } = job.start(args)
  await vi.waitUntil(() => stalled.applied > 0, { timeout: 30_000, interval: 10 })
  child.kill('SIGKILL')
  await done
  stalled.remove()

  job.destination.requests.clear()
  expect(summaryOf(await job.run(args))).toMatchObject({ completed: 1, failed: 0 })
  expect(job.destination.requests.byOperation['UploadPart']).toBeLessThan(0.6 * parts)
  expect(job.destination.store.uploads('copy')).toEqual([])
})

test('kill -9 costs what was in flight once earlier objects are recorded', async () => {
  const job = await sandboxJob()
  const keys = Array.from({ length: 60 }, (_, index) => `data/${String(index).padStart(2, '0')}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/m.parquet', keys)
  const stalled = job.destination.faults.add({
    operation: 'PutObject',
    after: 40,
    action: { type: 'stall' },
  })
  const { child, done } = job.start(['--json', '--concurrency', '4'])
  await vi.waitUntil(() => stalled.applied === 4, { timeout: 30_000, interval: 10 })
  const state = await openStateReadOnly({ directory: join(job.directory, 'state') })
  await vi.waitUntil(() => state.counts().complete === 40, { timeout: 30_000, interval: 10 })
  await state.close()
  child.kill('SIGKILL')
  await done
  stalled.remove()
  expect(summaryOf(await job.run(['--json']))).toMatchObject({ completed: 20, skipped: 40, failed: 0 })
})
