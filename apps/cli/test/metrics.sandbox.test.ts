import { readFileSync } from 'node:fs'
import { get, type IncomingMessage, type RequestOptions } from 'node:http'
import { expect, test } from 'vitest'
import { createJobMetrics } from '../src/metrics/job-metrics.js'
import { createRunMetrics } from '../src/metrics/run-metrics.js'
import { expectExit } from './support/expect-exit.js'
import { sandboxJob } from './support/sandbox-job.js'
import { startWithMetrics } from './support/start-with-metrics.js'

const fetchText = (url: string, options: RequestOptions = {}) =>
  new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>((resolve, reject) => {
    get(url, options, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    }).on('error', reject)
  })

test('a run serves its figures to Prometheus, and nothing to a page of another site', async () => {
  const job = await sandboxJob()
  await job.putObjects(['data/a', 'data/b'])
  await job.putKeys('manifest/m.parquet', ['data/a', 'data/gone', 'data/b'])
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/b' })
  const { url: base, done } = await startWithMetrics(job)
  expect(base).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  const metrics = await fetchText(`${base}/metrics`)
  expect(metrics.status).toBe(200)
  for (const line of [
    'lagoon_objects_total{outcome="copied"} 1',
    'lagoon_objects_total{outcome="failed"} 1',
    'lagoon_missing_objects 1',
    'lagoon_failures_total{class="missing",code="NoSuchKey"} 1',
    'lagoon_in_flight 1',
    'lagoon_manifest_rows 3',
    'lagoon_attempts_total{side="source",class="success"} 1',
    'lagoon_attempts_total{side="destination",class="success"} 1',
    'lagoon_attempts_total{side="source",class="missing"} 1',
    'lagoon_attempts_total{side="destination",class="throttle"} 0',
    'lagoon_time_to_first_byte_seconds_count 1',
    'lagoon_object_duration_seconds_count{outcome="copied"} 1',
    'lagoon_object_duration_seconds_count{outcome="failed"} 1',
    'lagoon_concurrency_max 1024',
    'lagoon_traffic_cap_bytes_per_second +Inf',
    'lagoon_paused 0',
  ]) {
    expect(metrics.body).toContain(`${line}\n`)
  }
  expect(metrics.body).toMatch(/lagoon_state_bytes [1-9]/)
  expect(metrics.body).toContain('nodejs_eventloop_lag_seconds')
  expect(metrics.headers).not.toHaveProperty('access-control-allow-origin')
  expect(await fetchText(`${base}/healthz`)).toMatchObject({ status: 200, body: 'ok\n' })
  expect(await fetchText(`${base}/secrets`)).toMatchObject({ status: 404 })
  expect(await fetchText(`${base}/metrics`, { headers: { host: 'evil.example' } })).toMatchObject({
    status: 403,
  })
  hold.release()
  expectExit(await done, 3)
})

test('a port in use is refused before anything is copied', async () => {
  const job = await sandboxJob()
  const elsewhere = await job.run(['--metrics-port', '0', '--metrics-host', '192.0.2.1'])
  expectExit(elsewhere, 2)
  expect(elsewhere.stderr).toContain('(EADDRNOTAVAIL). Set --metrics-host to an address of this machine')
  const result = await job.run(['--metrics-port', String(job.source.port)])
  expectExit(result, 2)
  expect(result.stderr).toMatch(
    /^lagoon: --metrics-port: cannot listen on 127\.0\.0\.1:\d+ \(EADDRINUSE\)\. .*\(LAGOON_CLI_METRICS_PORT\)\n$/,
  )
})

test('the README contains every metric, and no others', async () => {
  const { registry } = createRunMetrics('nowhere', () => ({}))
  createJobMetrics(registry)
  const names = registry.getMetricsAsArray().map(({ name }) => name)
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const named = [...new Set(readme.match(/(?<=`)lagoon_[a-z_]+/g))]
  expect(named.sort()).toEqual(names.filter((name) => name.startsWith('lagoon_')).sort())
})

test.each(['dashboard.json', 'alerts.json'])('grafana/%s queries existing metrics only', (file) => {
  const text = readFileSync(new URL(`../grafana/${file}`, import.meta.url), 'utf8')
  const expressions = [...text.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(
    ([, quoted]) => JSON.parse(quoted!) as string,
  )
  expect(expressions.length).toBeGreaterThan(4)
  const { registry } = createRunMetrics('nowhere', () => ({}))
  const names = new Set(registry.getMetricsAsArray().map(({ name }) => name))
  for (const expression of expressions) {
    for (const name of expression.match(/\b(?:lagoon|nodejs|process)_[a-z0-9_]+/g) ?? [])
      // A histogram is asked for by its parts.
      expect(names).toContain(name.replace(/_seconds_(?:bucket|count|sum)$/, '_seconds'))
  }
})
