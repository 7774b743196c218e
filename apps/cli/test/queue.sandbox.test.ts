import { joinJob, readStatus, type Job } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'
import { provideNats, type NatsServer } from '@lagoon/testkit'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import type { CliResult } from './support/run-cli.js'

let nats: NatsServer
beforeAll(async () => {
  nats = await provideNats()
})
afterAll(() => nats.stop())

/** A job of two sandboxes on the queue; flags and variables make leases and checkpoints short. */
async function queueJob(name: string): Promise<SandboxJob> {
  return sandboxJob({
    env: {
      LAGOON_QUEUE: nats.url,
      LAGOON_JOB: name,
      LAGOON_LEASE_S: '2',
      LAGOON_CHECKPOINT_INTERVAL_S: '0.1',
      LAGOON_ITEM_ROWS: '20',
      LAGOON_CONCURRENCY: '4',
    },
  })
}

const summaryOf = (result: CliResult) => result.events().at(-1)

async function look(name: string): Promise<Job> {
  const engine = await connectNats({ servers: nats.url })
  onTestFinished(() => engine.close())
  return joinJob(engine, { job: name })
}

test('two machines share a job; one is killed, and the other copies its items', async () => {
  const job = await queueJob('killed')
  const keys = Array.from({ length: 200 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  const held = job.destination.hold({ operation: 'PutObject', key: 'data/30' })
  const first = job.start(['--json'])
  await held.arrived()
  const second = job.start(['--json'])
  // What the operator sets reaches every worker, by way of the job.
  expectExit(await job.run(['ctl', 'set', 'max-requests-per-second=5000']), 0)
  first.child.kill('SIGKILL')
  await first.done
  held.release()
  const worked = await second.done
  expect(worked.events()).toContainEqual(
    expect.objectContaining({
      type: 'limits',
      maxRequestsPerSecond: expect.any(Number) as number,
      reason: "the job's operator",
    }),
  )
  const summary = summaryOf(worked)
  expect(summary).toMatchObject({ completed: 200, failed: 0, over: true, reason: 'finished', exitCode: 0 })
  expect(job.copied()).toEqual([...keys].sort())
  const { rows, counts, meta } = await readStatus(await look('killed'))
  expect([rows, counts.copied + counts.skipped, meta.state]).toEqual([200, 200, 'over'])

  // Anyone who comes when it is over ends as the others did, and what is new is copied.
  expect(summaryOf(await job.run(['--json']))).toMatchObject({ completed: 200, own: { completed: 0 } })
  await job.putObjects(['later'])
  await job.putKeys('manifest/2.parquet', ['later', 'gone'])
  const later = await job.run(['--json'])
  expect(summaryOf(later)).toMatchObject({ completed: 201, missing: 1, own: { completed: 1 }, exitCode: 3 })
  expectExit(await job.run(['worker']), 3)
})

test('a worker with other settings, or without its queue, reports that and copies nothing', async () => {
  const job = await queueJob('agree')
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a'])
  expectExit(await job.run(), 0)
  const other = await job.run(['--overwrite', 'if-missing'])
  expectExit(other, 2)
  expect(other.stderr).toMatch(/overwrite is null there and "if-missing" here/)
  const nowhere = await job.run(['--queue', 'nats://127.0.0.1:9', '--queue-patience-s', '0'])
  expectExit(nowhere, 2)
  expect(nowhere.stderr).toContain('LAGOON_JOBS_UNREACHABLE')
})
