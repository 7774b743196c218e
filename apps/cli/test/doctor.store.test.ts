import { makeDataset, s3Client, storePair, uniqueBucket, type StoreEndpoint } from '@lagoon/testkit'
import { CreateBucketCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3'
import { expect, onTestFinished, test } from 'vitest'
import type { Check } from '../src/doctor/check.js'
import { expectExit } from './support/expect-exit.js'
import { minioUser } from './support/minio-users.js'
import { runCli, type CliResult } from './support/run-cli.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const pair = storePair()

/** Everything that a run may need, for each side. */
const needed = {
  source: ['s3:ListBucket', 's3:GetObject', 's3:GetObjectTagging'],
  destination: [
    's3:ListBucket',
    's3:PutObject',
    's3:GetObject',
    's3:DeleteObject',
    's3:AbortMultipartUpload',
    's3:ListMultipartUploadParts',
    's3:PutObjectTagging',
  ],
} as const

type Side = keyof typeof needed

interface Buckets {
  readonly bucket: string
  readonly destination: S3Client
}

async function makeBuckets(): Promise<Buckets> {
  const source = s3Client(pair.source)
  const destination = s3Client(pair.destination)
  onTestFinished(() => {
    source.destroy()
    destination.destroy()
  })
  const bucket = uniqueBucket('doctor')
  await makeDataset({ endpoint: pair.source, bucket, objects: 3 })
  await destination.send(new CreateBucketCommand({ Bucket: bucket }))
  return { bucket, destination }
}

/** A user of the side with every permission that is needed but one. */
function userWithout(side: Side, bucket: string, missing: string | undefined): Promise<StoreEndpoint> {
  const grants = needed[side]
    .filter((permission) => permission !== missing)
    .map((permission) => [permission, permission === 's3:ListBucket' ? [bucket] : [`${bucket}/*`]])
  return minioUser(pair[side], Object.fromEntries(grants))
}

async function examine(
  bucket: string,
  users: Readonly<Record<Side, StoreEndpoint>>,
  args: readonly string[] = [],
): Promise<CliResult> {
  const variables = (['source', 'destination'] as const).flatMap((side) => [
    [`LAGOON_${side.toUpperCase()}_ENDPOINT_URL`, users[side].url],
    [`LAGOON_${side.toUpperCase()}_REGION`, users[side].region],
    [`LAGOON_${side.toUpperCase()}_BUCKET`, bucket],
    [`LAGOON_${side.toUpperCase()}_ACCESS_KEY_ID`, users[side].accessKeyId],
    [`LAGOON_${side.toUpperCase()}_SECRET_ACCESS_KEY`, users[side].secretAccessKey],
  ])
  const env = Object.fromEntries(variables) as Record<string, string>
  return runCli({
    args: ['doctor', '--json', '--max-concurrency', '16', ...args],
    env,
    cwd: temporaryDirectory(),
  })
}

const findings = (result: CliResult) =>
  (result.events() as unknown as (Check & { type: string })[])
    .filter(({ type, status }) => type === 'check' && (status === 'failed' || status === 'warning'))
    .map(({ place, name, status, fix = '' }) => ({ place, name, status, fix }))

/** What is wrong, but for `keys`: MinIO takes keys for paths, whatever its users may do. */
const notTicks = (result: CliResult) => findings(result).filter(({ name }) => name !== 'keys')

const statement = (permission: string, bucket: string) =>
  `{"Effect":"Allow","Action":"${permission}","Resource":"arn:aws:s3:::${permission === 's3:ListBucket' ? bucket : `${bucket}/*`}"}`

test.runIf(pair.kind === 'minio')(
  'the documented permissions suffice, and nothing is left behind',
  async () => {
    const { bucket, destination } = await makeBuckets()
    const source = await userWithout('source', bucket, undefined)
    const result = await examine(bucket, {
      source,
      destination: await userWithout('destination', bucket, undefined),
    })
    expect(findings(result)).toEqual([
      {
        place: 'destination',
        name: 'keys',
        status: 'warning',
        fix: expect.stringContaining('lagoon verify'),
      },
    ])
    expectExit(result, 0)
    const left = await destination.send(new ListObjectsV2Command({ Bucket: bucket }))
    expect(left.KeyCount).toBe(0)
  },
)

test
  .runIf(pair.kind === 'minio')
  .each<[Side, permission: string, status: 'failed' | 'warning', names: string[]]>([
    ['source', 's3:ListBucket', 'failed', ['list']],
    ['source', 's3:GetObject', 'failed', ['read']],
    ['source', 's3:GetObjectTagging', 'warning', ['read tags']],
    ['destination', 's3:ListBucket', 'failed', ['list']],
    ['destination', 's3:PutObject', 'failed', ['write']],
    ['destination', 's3:GetObject', 'warning', ['read back']],
    ['destination', 's3:DeleteObject', 'warning', ['delete']],
    ['destination', 's3:AbortMultipartUpload', 'warning', ['abort uploads']],
    ['destination', 's3:ListMultipartUploadParts', 'warning', ['resume uploads']],
    ['destination', 's3:PutObjectTagging', 'warning', ['tags']],
  ])(
  'a user of MinIO at the %s without %s gets an error (%s) with the statement to add',
  async (side, permission, status, names) => {
    const { bucket } = await makeBuckets()
    const users = {
      source: await userWithout('source', bucket, side === 'source' ? permission : undefined),
      destination: await userWithout('destination', bucket, side === 'destination' ? permission : undefined),
    }
    const result = await examine(bucket, users)
    expectExit(result, status === 'failed' ? 2 : 0)
    const found = notTicks(result)
    expect(found.map(({ name }) => name)).toEqual(names)
    for (const check of found) {
      expect(check).toMatchObject({ place: side, status })
      expect(check.fix).toContain(statement(permission, bucket))
    }
  },
)
