import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { createHash, randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import { rejection } from './ask.js'
import { startWithClient } from './start-with-client.js'

let client: S3Client

beforeAll(async () => {
  const started = await startWithClient({ buckets: ['b'], limits: { minPartSizeBytes: 1 } })
  client = started.client
  return started.close
})

const md5 = (text: string) => createHash('md5').update(text).digest('hex')
const b = { Bucket: 'b' }
const customerKey = () => ({ SSECustomerAlgorithm: 'AES256', SSECustomerKey: randomBytes(32) as never })

async function text(input: object): Promise<string> {
  const got = await client.send(new GetObjectCommand({ ...b, Key: 'k', ...input }))
  return got.Body!.transformToString()
}

test('an object with a customer key can be read with that key only', async () => {
  const key = customerKey()
  const put = await client.send(new PutObjectCommand({ ...b, Key: 'k', Body: 'hush', ...key }))
  expect(put).toMatchObject({ SSECustomerAlgorithm: 'AES256' })
  expect(put.ETag).not.toBe(`"${md5('hush')}"`)
  expect(await text(key)).toBe('hush')
  expect(await rejection(text({}))).toMatch(/^InvalidRequest: /)
  expect(await rejection(text(customerKey()))).toMatch(/^AccessDenied: /)
  await client.send(new PutObjectCommand({ ...b, Key: 'open', Body: 'x' }))
  expect(await rejection(text({ Key: 'open', ...key }))).toMatch(/^InvalidRequest: /)
})

test('an invalid key is refused', async () => {
  const bad = { ...customerKey(), SSECustomerKey: randomBytes(16) as never }
  expect(await rejection(client.send(new PutObjectCommand({ ...b, Key: 'n', Body: 'x', ...bad })))).toMatch(
    /^InvalidArgument: /,
  )
})

test('every part of an upload must come with its key', async () => {
  const key = customerKey()
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ ...b, Key: 'parts', ...key }))
  const part = { ...b, Key: 'parts', UploadId, PartNumber: 1, Body: 'one' }
  expect(await rejection(client.send(new UploadPartCommand(part)))).toMatch(/^InvalidRequest: /)
  const { ETag } = await client.send(new UploadPartCommand({ ...part, ...key }))
  expect(ETag).not.toBe(`"${md5('one')}"`)
  const Parts = [{ PartNumber: 1, ETag }]
  await client.send(
    new CompleteMultipartUploadCommand({ ...b, Key: 'parts', UploadId, MultipartUpload: { Parts } }),
  )
  expect(await text({ Key: 'parts', ...key })).toBe('one')
})

test('a copy reads with one key and writes with another', async () => {
  const [from, to] = [customerKey(), customerKey()]
  await client.send(new PutObjectCommand({ ...b, Key: 'from', Body: 'moved', ...from }))
  const copy = { ...b, Key: 'to', CopySource: 'b/from' }
  expect(await rejection(client.send(new CopyObjectCommand(copy)))).toMatch(/^InvalidRequest: /)
  const source = {
    CopySourceSSECustomerAlgorithm: 'AES256',
    CopySourceSSECustomerKey: from.SSECustomerKey,
  }
  await client.send(new CopyObjectCommand({ ...copy, ...source, ...to }))
  expect(await text({ Key: 'to', ...to })).toBe('moved')
})

test('an object encrypted with KMS says so, and its ETag is not an MD5', async () => {
  const kms = { ServerSideEncryption: 'aws:kms' } as const
  const put = await client.send(new PutObjectCommand({ ...b, Key: 'kms', Body: 'x', ...kms }))
  expect(put).toMatchObject(kms)
  expect(put.ETag).not.toBe(`"${md5('x')}"`)
  const head = await client.send(new HeadObjectCommand({ ...b, Key: 'kms' }))
  expect(head).toMatchObject({ ...kms, ETag: put.ETag })
  const aes = await client.send(
    new PutObjectCommand({ ...b, Key: 'aes', Body: 'x', ServerSideEncryption: 'AES256' }),
  )
  expect(aes.ETag).toBe(`"${md5('x')}"`)
})
