import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { makeLake, storePair, uniqueBucket } from '@lagoon/testkit'
import { expect, test } from 'vitest'
import type { CopyResult } from '../src/run/result.js'
import { createBucketClient } from '../src/s3/bucket-client.js'

const program = fileURLToPath(new URL('../bin/lagoon-bench.js', import.meta.url))

test("throughput measures with the user's own manifests, and only reads their bucket", async () => {
  const { source, destination } = storePair()
  const bucket = uniqueBucket('bench-own')
  const lake = await makeLake({ endpoint: source, bucket, objects: 60, manifestPrefix: 'lists/' })
  const out = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
  const flags =
    '--stores environment --manifest-prefix lists/ --concurrency 8 --repeats 1 --warm-up 0 --no-controller --json'
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'throughput', ...flags.split(' '), '--out', out],
    {
      env: {
        ...process.env,
        LAGOON_SOURCE_ENDPOINT_URL: source.url,
        LAGOON_SOURCE_ACCESS_KEY_ID: source.accessKeyId,
        LAGOON_SOURCE_SECRET_ACCESS_KEY: source.secretAccessKey,
        LAGOON_SOURCE_BUCKET: bucket,
        LAGOON_DESTINATION_ENDPOINT_URL: destination.url,
        LAGOON_DESTINATION_ACCESS_KEY_ID: destination.accessKeyId,
        LAGOON_DESTINATION_SECRET_ACCESS_KEY: destination.secretAccessKey,
      },
    },
  )
  const [workload] = (JSON.parse(stdout) as CopyResult).workloads
  expect(workload).toMatchObject({ workload: 'lists/', objects: 60, bytes: lake.bytes })
  expect(workload!.series[0]!.samples.map(({ failure }) => failure)).toEqual([null])
  const store = createBucketClient(source)
  const keys: string[] = []
  for await (const { key } of store.list(bucket, '')) keys.push(key)
  expect(keys).toHaveLength(60 + lake.manifests.length)
  await store.removeBucket(bucket)
  await store.close()
  await rm(out, { recursive: true })
})
