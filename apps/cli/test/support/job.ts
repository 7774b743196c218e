import {
  CreateBucketCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import {
  expectBucketsEqual,
  datasetObjects,
  makeDataset,
  s3Client,
  uniqueBucket,
  writeManifest,
  type StoreEndpoint,
} from '@lagoon/testkit'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { runCli, startCli, type CliOptions, type CliResult } from './run-cli.js'
import { temporaryDirectory } from './temporary-directory.js'

export interface JobOptions {
  readonly source: StoreEndpoint
  readonly destination: StoreEndpoint
  readonly objects: number
  /** Manifests that share the objects in order; default 1. */
  readonly manifests?: number
  readonly sizes?: number | 'mixed'
  /** Keys without an object, which the first manifest names after this many rows. */
  readonly missing?: { readonly afterRow: number; readonly keys: readonly string[] }
}

/** A lake at the source, an empty bucket that counts writes at the destination, and the program to run between them. */
export interface Job {
  readonly bucket: string
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
  run(args?: readonly string[], options?: Pick<CliOptions, 'env' | 'onEvent'>): Promise<CliResult>
  start(args?: readonly string[], options?: Pick<CliOptions, 'env' | 'onEvent'>): ReturnType<typeof startCli>
  putAtSource(key: string, body: string | Uint8Array): Promise<void>
  /** How often each key was written at the destination. */
  writes(): Promise<Map<string, number>>
  /** Fails unless every object of the lake is at the destination as it is at the source; answers with their number. */
  compare(): Promise<number>
}

export async function makeJob(options: JobOptions): Promise<Job> {
  const { source, destination, objects, manifests = 1, sizes = 2048, missing } = options
  const from = s3Client(source)
  const to = s3Client(destination)
  onTestFinished(() => {
    from.destroy()
    to.destroy()
  })
  const bucket = uniqueBucket('cli')
  const lake = await makeDataset({
    endpoint: source,
    bucket,
    objects,
    sizes,
    manifests: missing === undefined ? manifests : 0,
  })
  if (missing !== undefined) {
    const rows = [...datasetObjects(lake.plan)].map(
      ({ key, sizeBytes }): { key: string; sizeBytes?: number } => ({ key, sizeBytes }),
    )
    rows.splice(missing.afterRow, 0, ...missing.keys.map((key) => ({ key })))
    await writeManifest({ client: from, bucket, key: 'manifest/lake.parquet', rows, rowGroupRows: 100 })
  }
  await to.send(new CreateBucketCommand({ Bucket: bucket }))
  await to.send(
    new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  )
  const directory = temporaryDirectory()
  const env = {
    ...sideOf('SOURCE', source, bucket),
    ...sideOf('DESTINATION', destination, bucket),
    LAGOON_DATA_DIR: join(directory, 'state'),
  }
  const withJob = (args: readonly string[], more: Pick<CliOptions, 'env' | 'onEvent'>): CliOptions => ({
    ...more,
    args,
    cwd: directory,
    env: { ...env, ...more.env },
  })
  return {
    bucket,
    directory,
    env,
    run: (args = [], more = {}) => runCli(withJob(args, more)),
    start: (args = [], more = {}) => startCli(withJob(args, more)),
    async putAtSource(key, body) {
      await from.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body }))
    },
    writes: () => countVersions(to, bucket),
    compare: () =>
      expectBucketsEqual({ client: from, bucket }, { client: to, bucket }, { prefix: lake.plan.keyPrefix }),
  }
}

function sideOf(side: string, endpoint: StoreEndpoint, bucket: string): Record<string, string> {
  return {
    [`LAGOON_${side}_ENDPOINT_URL`]: endpoint.url,
    [`LAGOON_${side}_ACCESS_KEY_ID`]: endpoint.accessKeyId,
    [`LAGOON_${side}_SECRET_ACCESS_KEY`]: endpoint.secretAccessKey,
    [`LAGOON_${side}_REGION`]: endpoint.region,
    [`LAGOON_${side}_BUCKET`]: bucket,
  }
}

async function countVersions(client: S3Client, bucket: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  let marker: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } | undefined = {}
  while (marker !== undefined) {
    const page: import('@aws-sdk/client-s3').ListObjectVersionsCommandOutput = await client.send(
      new ListObjectVersionsCommand({ Bucket: bucket, ...marker }),
    )
    for (const { Key } of page.Versions ?? []) counts.set(Key!, (counts.get(Key!) ?? 0) + 1)
    marker = page.IsTruncated
      ? { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker }
      : undefined
  }
  return counts
}
