import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { Readable } from 'node:stream'
import { beforeAll, expect, test } from 'vitest'
import type { Sandbox } from '../src/index.js'
import { startWithClient } from './start-with-client.js'

let sandbox: Sandbox
let client: S3Client

beforeAll(async () => {
  const started = await startWithClient({ buckets: ['b'] })
  ;({ sandbox, client } = started)
  return started.close
})

const read = async (Key: string): Promise<string> =>
  (await client.send(new GetObjectCommand({ Bucket: 'b', Key }))).Body!.transformToString()

test('the SDK puts buffers and streams and reads them back', async () => {
  await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'buffer', Body: 'hello', Metadata: { a: 'b' } }))
  expect(await read('buffer')).toBe('hello')
  const stream = Readable.from([Buffer.from('one '), Buffer.from('two')], { objectMode: false })
  await client.send(new PutObjectCommand({ Bucket: 'b', Key: 'stream', Body: stream, ContentLength: 7 }))
  expect(await read('stream')).toBe('one two')
  const head = await client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'stream' }))
  expect(head.ContentEncoding).toBeUndefined()
})

test('the SDK finds objects with unusual keys', async () => {
  for (const Key of [
    'a//b',
    '../up',
    'x/../y',
    './here',
    '/lead',
    'a b+c%2F',
    'q?#&=',
    'ü/😀',
    'tab\t',
    "(*)!'~",
  ]) {
    await client.send(new PutObjectCommand({ Bucket: 'b', Key, Body: Key }))
    expect(sandbox.store.keys('b')).toContain(Key)
    expect(await read(Key)).toBe(Key)
  }
})

test('the SDK uploads in parts, copies, lists and deletes', async () => {
  const place = { Bucket: 'b', Key: 'parts' }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ ...place, ChecksumAlgorithm: 'CRC32' }),
  )
  const bodies = [Buffer.alloc(5 * 1024 * 1024, 1), Buffer.from('end')]
  const Parts = []
  for (const [at, Body] of bodies.entries()) {
    const PartNumber = at + 1
    const { ETag, ChecksumCRC32 } = await client.send(
      new UploadPartCommand({ ...place, UploadId, PartNumber, Body }),
    )
    Parts.push({ PartNumber, ETag, ChecksumCRC32 })
  }
  const done = await client.send(
    new CompleteMultipartUploadCommand({ ...place, UploadId, MultipartUpload: { Parts } }),
  )
  expect(done.ETag).toMatch(/-2"$/)
  await client.send(new CopyObjectCommand({ Bucket: 'b', Key: 'copy', CopySource: 'b/parts' }))
  const listed = await client.send(new ListObjectsV2Command({ Bucket: 'b', Prefix: 'copy' }))
  expect(listed.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([['copy', bodies[0]!.length + 3]])
  const Objects = [{ Key: 'copy' }, { Key: 'parts' }]
  const deleted = await client.send(new DeleteObjectsCommand({ Bucket: 'b', Delete: { Objects } }))
  expect(deleted.Deleted).toHaveLength(2)
})

test('the SDK recognises errors by their names', async () => {
  await expect(client.send(new GetObjectCommand({ Bucket: 'b', Key: 'none' }))).rejects.toMatchObject({
    name: 'NoSuchKey',
  })
  await expect(client.send(new HeadObjectCommand({ Bucket: 'b', Key: 'none' }))).rejects.toMatchObject({
    name: 'NotFound',
  })
  await expect(client.send(new ListObjectsV2Command({ Bucket: 'none' }))).rejects.toMatchObject({
    name: 'NoSuchBucket',
  })
})

test('old credentials are refused as soon as they change', async () => {
  const { credentials } = sandbox
  const ask = () => client.send(new ListObjectsV2Command({ Bucket: 'b' }))
  sandbox.setCredentials({ ...credentials, secretAccessKey: 'changed' })
  await expect(ask()).rejects.toMatchObject({ name: 'SignatureDoesNotMatch' })
  sandbox.setCredentials({ ...credentials, accessKeyId: 'changed' })
  await expect(ask()).rejects.toMatchObject({ name: 'InvalidAccessKeyId' })
  sandbox.setCredentials(credentials)
  expect((await ask()).$metadata.httpStatusCode).toBe(200)
})
