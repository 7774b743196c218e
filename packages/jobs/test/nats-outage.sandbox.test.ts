import { provideNats } from '@lagoon/testkit'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { changeControl, endPlanning, joinJob, planManifest, readStatus, startWorker } from '../src/index.js'
import { connectNats } from '../src/nats/index.js'

test('after a crash of the server, a worker continues its item and receives what operators send', async () => {
  const server = await provideNats({ jetstream: true })
  const engine = await connectNats({ servers: server.url, requestTimeoutMs: 500 })
  const job = await joinJob(engine, { job: 'lake', settings: {}, leaseMs: 20_000 })
  await planManifest(job, { key: 'm', etag: 'v', rowGroups: [100] }, { itemRows: 100 })
  await endPlanning(job)
  const events: string[] = []
  const worker = startWorker(job, {
    checkpointIntervalMs: 100,
    presenceIntervalMs: 300,
    onEvent: ({ type }) => events.push(type),
  })
  const item = (await worker.next())!
  item.begin(0)
  item.settle(0, { outcome: 'copied' })
  await item.checkpoint()

  await server.kill()
  item.begin(1)
  item.settle(1, { outcome: 'copied' })
  while (!events.includes('stalled')) await delay(20)
  await server.restart()
  while (!events.includes('resumed')) await delay(20)
  expect(item.signal.aborted).toBe(false)
  await changeControl(job, () => ({ paused: true }))
  while (worker.control.paused !== true) await worker.changed()
  await changeControl(job, () => ({}))
  while (worker.control.paused === true) await worker.changed()
  item.settleRows(0, 100, 'copied')
  expect(await item.finish()).toBe(true)
  expect(await worker.next()).toBeNull()
  expect((await readStatus(job)).counts.copied).toBe(100)
  await worker.close()
  await engine.close()
  await server.stop()
})
