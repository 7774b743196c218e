import { execFile } from 'node:child_process'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeDataset, storePair, uniqueBucket } from '@lagoon/testkit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Environment } from '../src/environment.js'
import type { CopyFindings } from '../src/run/series.js'
import { bucketNames, countObjects, removeBucket } from '../src/stores/buckets.js'

type CopyResult = CopyFindings & { environment: Environment }

const program = fileURLToPath(new URL('../bin/lagoon-bench.js', import.meta.url))
const { kind, source, destination } = storePair()
const stores = {
  LAGOON_SOURCE_ENDPOINT_URL: source.url,
  LAGOON_SOURCE_ACCESS_KEY_ID: source.accessKeyId,
  LAGOON_SOURCE_SECRET_ACCESS_KEY: source.secretAccessKey,
  LAGOON_SOURCE_REGION: source.region,
  LAGOON_DESTINATION_ENDPOINT_URL: destination.url,
  LAGOON_DESTINATION_ACCESS_KEY_ID: destination.accessKeyId,
  LAGOON_DESTINATION_SECRET_ACCESS_KEY: destination.secretAccessKey,
  LAGOON_DESTINATION_REGION: destination.region,
}

let out: string
beforeAll(async () => {
  out = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
})
afterAll(() => rm(out, { recursive: true, force: true }))

/** Runs the command line as a process and returns the result from standard output. */
async function bench(args: readonly string[], env: Record<string, string> = {}): Promise<CopyResult> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json', '--out', out], {
    env: { ...process.env, ...stores, ...env },
    maxBuffer: 1 << 26,
  })
  return JSON.parse(stdout) as CopyResult
}

/** Removing a missing bucket succeeds, so buckets that the bench left behind show in a listing. */
async function bucketsLeft(access: typeof source): Promise<string[]> {
  return (await bucketNames(access)).filter((name) => name.startsWith('lagoon-bench-'))
}

const flags = ['--objects', '100', '--warm-up', '0', '--workload', 'small']

describe('between two running stores', () => {
  test('turns alternates the controller and a fixed concurrency, run after run, and leaves nothing behind', async () => {
    const what = '--workload tiny --objects 500 --stores environment --concurrency 4'
    const times = '--turn-seconds 0.2 --seconds 0.6 --settle-seconds 0.3 --repeats 1'
    const result: unknown = await bench(['turns', ...`${what} ${times}`.split(' ')])
    expect(result).toMatchObject({
      workloads: [{ verdict: { best: { concurrency: 4, inFlight: expect.any(Number) as number } } }],
    })
    expect(await bucketsLeft(source)).toEqual([])
    expect(await bucketsLeft(destination)).toEqual([])
  })

  test('throughput copies everything at each concurrency and with the controller, leaves nothing behind, and saves JSON and one page', async () => {
    const own = '--stores environment --concurrency 4 --repeats 2'
    const result = await bench(['throughput', ...flags, ...own.split(' ')])
    const [workload] = result.workloads
    expect(workload!.series.map(({ label }) => label)).toEqual(['4', 'controller'])
    for (const series of workload!.series) {
      expect(series.samples.map(({ failure }) => failure)).toEqual([null, null])
      expect(series.latencies).toMatchObject({ objects: 100 })
    }
    expect(result.notes).toEqual([])
    expect(await bucketsLeft(source)).toEqual([])
    expect(await bucketsLeft(destination)).toEqual([])
    const [page, json, ...more] = (await readdir(out)).filter((name) => name.startsWith('throughput-')).sort()
    expect(JSON.parse(await readFile(join(out, json!), 'utf8'))).toEqual(result)
    expect([page, more]).toEqual([json!.replace('.json', '.html'), []])
  })

  test("throughput measures with the user's own manifests, and only reads their bucket", async () => {
    const bucket = uniqueBucket('bench-own')
    const lake = await makeDataset({ endpoint: source, bucket, objects: 60, manifestPrefix: 'lists/' })
    const own =
      '--stores environment --manifest-prefix lists/ --concurrency 8 --repeats 1 --warm-up 0 --no-controller'
    const result = await bench(['throughput', ...own.split(' ')], { LAGOON_SOURCE_BUCKET: bucket })
    const [workload] = result.workloads
    expect(workload).toMatchObject({ workload: 'lists/', objects: 60, bytes: lake.bytes })
    expect(workload!.series[0]!.samples.map(({ failure }) => failure)).toEqual([null])
    expect(await countObjects(source, bucket)).toMatchObject({ objects: 60 + lake.manifests.length })
    await removeBucket(source, bucket)
  })
})

describe.runIf(kind === 'minio')('between two MinIO servers that it starts itself, over TLS', () => {
  test('compare gives the product and the bare loop the same work, with two requests per object', async () => {
    const clients = '--clients lagoon,bare-loop,juicefs --repeats 1'
    const result = await bench(['compare', '--tls', ...flags, ...clients.split(' ')])
    const [own, bare] = result.workloads[0]!.series
    expect(own!.samples.map(({ failure }) => failure)).toEqual([null])
    expect(bare!.samples.map(({ failure }) => failure)).toEqual([null])
    for (const { requests } of own!.samples) {
      expect(requests!.source['GetObject']).toBeGreaterThanOrEqual(100)
      expect(requests!.destination).toMatchObject({ PutObject: 100 })
    }
    expect(result.environment.stores).toContain('TLS')
    expect(result.environment.clients).toHaveProperty('bare loop')
  })
})
