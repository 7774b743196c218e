import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'
import { summaryOf } from './support/summary-of.js'

test('a watch copies later manifests, reads a replaced one again, and ends with a correct summary', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b', 'c'])
  await job.putKeys('manifest/1.parquet', ['a', 'late'])
  const { child, done } = job.start(['--json', '--watch', '1s', '--report', 'report.jsonl'], {
    async onEvent(event) {
      if (event.type === 'waiting' && event.round === 1) {
        await job.putObjects(['late'])
        await job.putKeys('manifest/2.parquet', ['b'])
      }
      if (event.type !== 'manifest' || event.status !== 'completed') return
      if (event.key === 'manifest/2.parquet' && event.rows === 1)
        await job.putKeys('manifest/2.parquet', ['b', 'c'])
      if (event.key === 'manifest/2.parquet' && event.rows === 2) child.kill('SIGTERM')
    },
  })
  const result = await done
  expectExit(result, 143)
  expect(summaryOf(result)).toMatchObject({
    completed: 4,
    skipped: 1,
    failed: 0,
    missing: 0,
    manifests: { completed: 3, skipped: 0, failed: 0 },
    interrupted: true,
  })
  expect(job.copied()).toEqual(['a', 'b', 'c', 'late'])
  const report = readFileSync(join(job.directory, 'report.jsonl'), 'utf8').trim().split('\n')
  const outcomes = report.map((line) => JSON.parse(line) as { key: string; outcome: string })
  expect(outcomes.map(({ key, outcome }) => `${key} ${outcome}`).sort()).toEqual([
    'a copied',
    'b copied',
    'b skipped',
    'c copied',
    'late copied',
    'late missing',
  ])
  const status = await job.run(['status', '--json'])
  expect(status.events().at(-1)).toMatchObject({ counts: { complete: 4, failed: 0 }, running: null })
})

test('a signal ends a waiting watch immediately', async () => {
  const job = await sandboxJob()
  const { child, done } = job.start(['--json', '--watch', '7d'], {
    onEvent(event) {
      if (event.type === 'waiting') child.kill('SIGINT')
    },
  })
  const result = await done
  expectExit(result, 130)
  expect(summaryOf(result)).toMatchObject({ completed: 0, interrupted: true })
})

test('while a watch waits, status, metrics and the live page show until when', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a'])
  let url = ''
  const waiting = Promise.withResolvers<string>()
  const { child, done } = job.start(['--json', '--watch', '--metrics-port', '0'], {
    onEvent(event) {
      if (event.type === 'listening') url = event.url as string
      if (event.type === 'progress' && event.waitingUntil !== null)
        waiting.resolve(event.waitingUntil as string)
    },
  })
  const until = await waiting.promise
  const { stdout } = await job.run(['status'])
  expect(stdout).toContain(`scanning for new manifests again at ${until.slice(0, 10)}`)
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('lagoon_scans_total 1')
  expect(metrics).toContain(`lagoon_next_scan_timestamp_seconds ${Date.parse(until) / 1000}`)
  expect(await (await fetch(`${url}/live.json`)).json()).toMatchObject({
    totals: expect.objectContaining({ manifests: 1 }) as unknown,
    samples: expect.arrayContaining([expect.objectContaining({ waitingUntil: until })]) as unknown,
  })
  child.kill('SIGINT')
  expectExit(await done, 130)
})

test('a store that is unreachable during a scan does not end a watch', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  await job.putKeys('manifest/1.parquet', ['a'])
  let away: { remove(): void } | undefined
  const { child, done } = job.start(['--json', '--watch', '1s'], {
    onEvent(event) {
      const looks = event.type === 'waiting' ? event.round : 0
      if (looks === 1) {
        away = job.source.faults.add({
          operation: 'ListObjectsV2',
          action: { type: 'answer', status: 503 },
        }) as never
      }
      if (event.type === 'warning' && event.code === 'LAGOON_SYNC_SCAN_FAILED') {
        away?.remove()
        void job.putKeys('manifest/2.parquet', ['b'])
      }
      if (event.type === 'manifest' && event.status === 'completed' && event.key === 'manifest/2.parquet')
        child.kill('SIGINT')
    },
  })
  const result = await done
  expectExit(result, 130)
  expect(summaryOf(result)).toMatchObject({ completed: 2, failed: 0 })
})

test('a watch whose next listing is refused stops with 5, and keeps what was recorded', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a'])
  const result = await job.start(['--json', '--watch', '1s'], {
    onEvent(event) {
      if (event.type !== 'waiting') return
      job.source.faults.add({
        operation: 'ListObjectsV2',
        action: { type: 'error', code: 'AccessDenied', status: 403 },
      })
    },
  }).done
  expectExit(result, 5)
  expect(summaryOf(result)).toMatchObject({ completed: 1, interrupted: true, reason: 'listing' })
})

test.each([
  [['--watch', '30'], 'Allowed: a time from 1s to 7d'],
  [['--watch=8d'], 'Allowed: a time from 1s to 7d'],
  [['--watch', '--dry-run'], '--watch and --dry-run cannot be combined'],
  [['--watch', '5m', '--manifest', 'manifest/1.parquet'], '--watch and --manifest cannot be combined'],
])('%j is refused with 2', async (args, message) => {
  const job = await sandboxJob()
  const result = await job.run(args)
  expectExit(result, 2)
  expect(result.stderr).toContain(message)
})
