import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { Agent } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startSandbox, type Sandbox } from '../src/index.js'
import { rejection } from './ask.js'

const Bucket = 'lake--usw2-az1--x-s3'

async function directoryBucket(now?: () => number) {
  const sandbox = await startSandbox({ buckets: [Bucket, 'plain'], ...(now && { now }) })
  onTestFinished(() => sandbox.close())
  return { sandbox, client: clientOf(sandbox) }
}

/** Directory buckets are in the host name, and not every machine resolves `….localhost`. */
const httpAgent = new Agent({
  lookup: (_name, { all }, done) =>
    all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4),
})

function clientOf({ port, region, credentials }: Sandbox, options: S3ClientConfig = {}): S3Client {
  const endpoint = `http://localhost:${port}`
  const client = new S3Client({ endpoint, region, credentials, requestHandler: { httpAgent }, ...options })
  onTestFinished(() => client.destroy())
  return client
}

test('the SDK opens a session with a directory bucket and uses its keys', async () => {
  const { sandbox, client } = await directoryBucket()
  const put = await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  expect(put.ETag).not.toBe(`"${createHash('md5').update('x').digest('hex')}"`)
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a' }))
  expect(await got.Body!.transformToString()).toBe('x')
  await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'parts' }))
  expect((await client.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(1)
  expect(sandbox.requests.byOperation['CreateSession']).toBe(1)
})

test('only the account’s own keys open sessions', async () => {
  const { sandbox } = await directoryBucket()
  const plain = clientOf(sandbox, { disableS3ExpressSessionAuth: true })
  expect(await rejection(plain.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toMatch(
    /^InvalidAccessKeyId: /,
  )
})

test('a session ends after five minutes', async () => {
  let now = Date.now()
  const { client } = await directoryBucket(() => now)
  await client.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'x' }))
  now += 5 * 60_000
  expect(await rejection(client.send(new GetObjectCommand({ Bucket, Key: 'a' })))).toMatch(/^ExpiredToken: /)
})

test('a directory bucket has no Content-MD5', async () => {
  const { client } = await directoryBucket()
  const ContentMD5 = createHash('md5').update('x').digest('base64')
  const put = { Bucket, Key: 'a', Body: 'x', ContentMD5 }
  expect(await rejection(client.send(new PutObjectCommand(put)))).toMatch(/^NotImplemented: /)
})
