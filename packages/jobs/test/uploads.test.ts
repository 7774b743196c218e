import { expect, test } from 'vitest'
import { createUploadLedger, forgetUpload, readUploads } from '../src/index.js'
import { createWorld, within } from './harness.js'

const upload = (parts: number): object => ({
  version: 1,
  uploadId: 'u1',
  parts: Array.from({ length: parts }, (_, i) => [i + 1, 'd41d8cd98f00b204e9800998ecf8427e']),
})

test("another worker finds the latest record of a dead worker's upload", async () => {
  const world = createWorld()
  const [a, b] = [await world.join('a'), await world.join('b')]
  const first = createUploadLedger(a.job, { worker: 'a' })
  for (let parts = 0; parts <= 50; parts += 1) first.put('big/object', upload(parts))
  expect(await first.get('big/object')).toEqual(upload(50))
  await first.flush()
  a.engine.kill()
  const second = createUploadLedger(b.job, { worker: 'b' })
  expect(await second.get('big/object')).toEqual(upload(50))
  expect(await second.get('big/other')).toBeUndefined()
  second.delete('big/object')
  expect(await second.get('big/object')).toBeUndefined()
  await second.flush()
  expect(await createUploadLedger(b.job, { worker: 'c' }).get('big/object')).toBeUndefined()
})

test('of notes that come faster than the queue responds, only the last is written', async () => {
  let writes = 0
  const world = createWorld(({ operation, key }) => {
    if (operation === 'put' && key.startsWith('upload.')) writes += 1
    return { delayMs: 50 }
  })
  const { job } = await within(world, world.join('a'))
  const ledger = createUploadLedger(job, { worker: 'a' })
  for (let parts = 0; parts < 100; parts += 1) {
    ledger.put('x', upload(parts))
    await world.clock.advance(5)
  }
  await within(world, ledger.flush())
  expect(writes).toBeLessThan(20)
  expect(await within(world, createUploadLedger(job, { worker: 'b' }).get('x'))).toEqual(upload(99))
})

test('an upload of 10,000 parts fits a record', async () => {
  const world = createWorld()
  const { job } = await world.join('a')
  const ledger = createUploadLedger(job, { worker: 'a' })
  ledger.put('x', upload(10_000))
  await ledger.flush()
  for await (const { value } of job.records.list('upload.>')) expect(value.length).toBeLessThan(500_000)
})

test('notes survive an outage of the queue, and a note that can never be written is reported', async () => {
  const { JobsError } = await import('../src/index.js')
  const errors: unknown[] = []
  const world = createWorld(({ operation, key }) =>
    operation === 'put' && key.startsWith('upload.') && errors.length === 0 && world.server.running
      ? { error: new JobsError('LAGOON_JOBS_TOO_LARGE', 'too large', 'Smaller.') }
      : undefined,
  )
  const { job } = await world.join('a')
  const ledger = createUploadLedger(job, { worker: 'a', onError: (error) => errors.push(error) })
  world.server.running = false
  ledger.put('x', upload(1))
  await world.clock.advance(30_000)
  world.server.running = true
  await within(world, ledger.flush())
  expect(errors).toMatchObject([{ code: 'LAGOON_JOBS_TOO_LARGE' }])
  ledger.put('y', upload(2))
  await within(world, ledger.flush())
  expect(await ledger.get('y')).toEqual(upload(2))
})

test('operators see all uploads in progress, with their worker and age', async () => {
  const world = createWorld()
  const { job } = await world.join('a')
  const ledger = createUploadLedger(job, { worker: 'a' })
  ledger.put('x', upload(1))
  ledger.put('y', upload(2))
  await ledger.flush()
  await world.clock.advance(5000)
  const seen = []
  for await (const found of readUploads(job)) seen.push(found)
  expect(seen).toEqual([
    { key: 'x', value: upload(1), worker: 'a', ageMs: 5000 },
    { key: 'y', value: upload(2), worker: 'a', ageMs: 5000 },
  ])
  await forgetUpload(job, 'x')
  const left = []
  for await (const entry of ledger.entries()) left.push(entry)
  expect(left).toEqual([['y', upload(2)]])
})
