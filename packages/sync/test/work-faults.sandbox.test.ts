import { POISON_ROW, type Engine, type JobEngine } from '@lagoon/jobs'
import { startFaultProxy } from '@lagoon/s3-sandbox'
import { inflateRawSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { bodies, keys, rows } from './lake-rows.js'
import { endpointOf } from './two-stores.js'
import { lake, look, world } from './work-world.js'

const MIB = 2 ** 20

it("a dead worker's multipart upload is continued by another one: no part is sent twice", async () => {
  await using here = await world()
  const { stores, server, start } = here
  await stores.objects({ big: Buffer.alloc(15 * MIB, 'x') })
  await stores.manifest('manifest/a.parquet', rows(['big']))
  const copy = { multipartThresholdBytes: 5 * MIB, partSizeBytes: 5 * MIB }
  const held = stores.destination.hold({
    operation: 'UploadPart',
    where: ({ query }) => query.get('partNumber') === '3',
  })
  const proxy = await startFaultProxy({ upstream: stores.destination.url })
  const options = { copy, concurrency: { fixed: 1 }, aliases: { destination: 'copy' } }
  const abort = new AbortController()
  const first = start('one', {
    ...options,
    destination: { ...endpointOf(stores.destination), endpointUrl: proxy.url },
    abort: abort.signal,
  })
  await held.arrived()
  const uploads = async () => {
    const { job } = await look(server)
    const notes = []
    for await (const { value } of job.records.list('upload.>'))
      notes.push(JSON.parse(Buffer.from(value).toString()))
    return notes as { record: { parts?: readonly unknown[] } }[]
  }
  await expect.poll(async () => JSON.stringify(await uploads()), { timeout: 10_000 }).toMatch(/\[2,"/)
  // Dead: nothing of it reaches the queue or the store any more.
  first.engine.kill()
  abort.abort()
  await proxy.close()
  held.release()
  stores.destination.requests.clear()
  const second = start('two', { ...options, plan: false })
  expect(await second.done).toMatchObject({ completed: 1, failed: 0, reason: 'finished' })
  const sent = stores.destination.requests.records.map(({ operation }) => operation)
  expect(sent.filter((operation) => operation === 'CreateMultipartUpload')).toEqual([])
  expect(sent.filter((operation) => operation === 'UploadPart')).toHaveLength(1)
})

it('an engine that is put back to an earlier state costs copies, and forgets no object', async () => {
  await using here = await world()
  const { stores, server, start } = here
  const names = await lake(stores, 60)
  const early = stores.destination.hold({ operation: 'PutObject', key: 'data/10' })
  const late = stores.destination.hold({ operation: 'PutObject', key: 'data/40' })
  const { done } = start('one', { itemRows: 20, concurrency: { fixed: 1 } })
  await early.arrived()
  const snapshot = server.snapshot()
  early.release()
  await late.arrived()
  snapshot.restore()
  late.release()
  expect(await done).toMatchObject({ completed: 60, failed: 0, over: true, reason: 'finished' })
  expect((await look(server)).status.counts.copied).toBe(60)
  expect(stores.destination.store.keys('lake').sort()).toEqual(names.toSorted())
})

it('a row that killed one worker after the other fails with a code of its own, and the others are copied', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await lake(stores, 10)
  const drain = new AbortController()
  const held = stores.destination.hold({ operation: 'PutObject', key: 'data/3' })
  const first = start('one', { drain: drain.signal, concurrency: { fixed: 1 } })
  await held.arrived()
  drain.abort()
  held.release()
  await first.done
  const { job } = await look(server)
  for await (const { key, value, revision } of job.records.list('item.>')) {
    const record = JSON.parse(Buffer.from(value).toString()) as object
    await job.records.replace(key, Buffer.from(JSON.stringify({ ...record, fruitless: 6 })), revision)
  }
  const summary = await start('two').done
  expect(summary).toMatchObject({ completed: 9, failed: 1, over: true, reason: 'failures' })
  const { failures } = await look(server)
  expect(failures).toMatchObject([
    { row: 4, outcome: 'failed', failure: { key: 'data/4', code: POISON_ROW } },
  ])
  expect(stores.destination.store.keys('lake')).not.toContain('data/4')
})

/** The engine, and everything that is sent to it. */
function spiedOn(engine: Engine, seen: Buffer[]): Engine {
  const note = (data: Uint8Array): void => {
    seen.push(Buffer.from(data))
    try {
      seen.push(inflateRawSync(data))
    } catch {
      // Most records are not compressed.
    }
  }
  const spied = (job: JobEngine | null): JobEngine | null => {
    if (job === null) return null
    const { records, queue, channel } = job
    return {
      ...job,
      records: {
        ...records,
        create: (key, value, options) => (note(value), records.create(key, value, options)),
        replace: (key, value, ...rest) => (note(value), records.replace(key, value, ...rest)),
        put: (key, value, options) => (note(value), records.put(key, value, options)),
      },
      queue: { ...queue, publish: (data, options) => (note(data), queue.publish(data, options)) },
      channel: { ...channel, publish: (topic, data) => (note(data), channel.publish(topic, data)) },
    }
  }
  return {
    ...engine,
    open: async (job) => spied(await engine.open(job)),
    create: async (job, options) => spied(await engine.create(job, options))!,
  }
}

it('no secret of a store reaches the engine: in no record, no message and no failure', async () => {
  await using here = await world()
  const { stores, server, start } = here
  await stores.objects({ ...bodies(keys(5)), big: Buffer.alloc(6 * MIB, 'x') })
  await stores.manifest('manifest/a.parquet', rows([...keys(5), 'big', 'gone', null]))
  const customerKey = 'a-key-of-exactly-thirty-2-bytes!'
  const encoded = Buffer.from(customerKey).toString('base64')
  const seen: Buffer[] = []
  const done = start('one', {
    engine: spiedOn(server.connect('spied'), seen),
    report: 's3://lake/reports/',
    destination: { ...endpointOf(stores.destination), sseCustomerKey: encoded },
    copy: { multipartThresholdBytes: 5 * MIB, partSizeBytes: 5 * MIB },
  }).done
  expect(await done).toMatchObject({ completed: 6, failed: 2 })
  expect(seen.length).toBeGreaterThan(5)
  const text = seen.map((bytes) => bytes.toString('latin1')).join('\n')
  expect(text).toContain('gone')
  for (const { credentials } of [endpointOf(stores.source), endpointOf(stores.destination)]) {
    const { secretAccessKey } = credentials as { secretAccessKey: string }
    expect(text).not.toContain(secretAccessKey)
    expect(text).not.toContain(encoded)
  }
})
