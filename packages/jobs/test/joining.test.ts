import { expect, test } from 'vitest'
import { joinJob, startWorker } from '../src/index.js'
import { createMemoryEngine } from '../src/memory/index.js'

const settings = { destination: 's3://copy', verify: 'etag', parts: 8 }

test('the first worker creates the job; others join with the same settings, or with none', async () => {
  const engine = createMemoryEngine()
  await joinJob(engine, { job: 'lake', settings, leaseMs: 5000 })
  expect(await joinJob(engine, { job: 'lake', settings: { ...settings } })).toMatchObject({ leaseMs: 5000 })
  expect(await joinJob(engine, { job: 'lake' })).toMatchObject({ job: 'lake' })
})

test('settings that differ are named, with both values', async () => {
  const engine = createMemoryEngine()
  await joinJob(engine, { job: 'lake', settings })
  await expect(
    joinJob(engine, { job: 'lake', settings: { destination: 's3://copy', verify: 'md5', prefix: 'a/' } }),
  ).rejects.toMatchObject({
    code: 'LAGOON_JOBS_SETTINGS_DIFFER',
    settings: ['parts', 'prefix', 'verify'],
    message: expect.stringMatching(/parts is 8 there and null here; .*verify is "etag" there and "md5" here/),
  })
})

test('a missing job is not created by a reader, or by a worker without the permission', async () => {
  const engine = createMemoryEngine()
  for (const options of [{ job: 'lake' }, { job: 'lake', settings, create: false }]) {
    await expect(joinJob(engine, options)).rejects.toMatchObject({ code: 'LAGOON_JOBS_NO_SUCH_JOB' })
  }
  expect(await engine.list()).toEqual([])
})

test('a job of another version of the protocol is refused', async () => {
  const engine = createMemoryEngine()
  const { records } = await joinJob(engine, { job: 'lake', settings })
  for (const protocol of [0, 2, 'new']) {
    await records.put('meta', new TextEncoder().encode(JSON.stringify({ protocol, settings })))
    await expect(joinJob(engine, { job: 'lake', settings })).rejects.toMatchObject({
      code: 'LAGOON_JOBS_PROTOCOL_DIFFERS',
      message: expect.stringContaining(`version ${protocol}`),
    })
  }
})

test('a damaged record is reported by its name', async () => {
  const engine = createMemoryEngine()
  const { records } = await joinJob(engine, { job: 'lake', settings })
  for (const text of ['no json', '7', 'null', '[]']) {
    await records.put('meta', new TextEncoder().encode(text))
    await expect(joinJob(engine, { job: 'lake' })).rejects.toMatchObject({
      code: 'LAGOON_JOBS_RECORD_DAMAGED',
      message: expect.stringContaining('meta'),
    })
  }
})

test('impossible options are refused before any request to the engine', async () => {
  const engine = createMemoryEngine()
  for (const options of [
    { job: '', settings },
    { job: 'a.b', settings },
    { job: 'lake', settings, leaseMs: 999 },
    { job: 'lake', settings, leaseMs: Number.NaN },
  ]) {
    await expect(joinJob(engine, options)).rejects.toMatchObject({ code: 'LAGOON_JOBS_INVALID_OPTION' })
  }
  const job = await joinJob(engine, { job: 'lake', settings })
  for (const options of [
    { id: 'a b' },
    { checkpointIntervalMs: 10 },
    { patienceMs: -1 },
    { presenceIntervalMs: 0 },
    { splitAfterMs: Number.NaN },
  ]) {
    expect(() => startWorker(job, options)).toThrow(
      expect.objectContaining({ code: 'LAGOON_JOBS_INVALID_OPTION' }),
    )
  }
})
