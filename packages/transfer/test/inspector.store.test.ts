import { PutObjectCommand } from '@aws-sdk/client-s3'
import { createHash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { createInspector, type InspectedObject } from '../src/index.js'
import { bucketPair } from './support/buckets.js'

it("returns a store's checksums on request", async () => {
  const { source, destination } = await bucketPair()
  const { client, bucket } = source
  const put = new PutObjectCommand({ Bucket: bucket, Key: 'a', Body: 'a', ChecksumAlgorithm: 'SHA256' })
  await client.send(put)
  const checksumsOf = async (checksums: boolean): Promise<InspectedObject['checksums'] | undefined> => {
    const sides = { source: source.options, destination: destination.options }
    const inspector = createInspector({ ...sides, checksums })
    onTestFinished(() => inspector.close())
    const head = await inspector.head('source', { key: 'a' })
    return head.ok ? head.value?.checksums : undefined
  }
  expect(await checksumsOf(false)).toEqual({})
  expect(await checksumsOf(true)).toEqual({ sha256: createHash('sha256').update('a').digest('base64') })
})
