import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore } from '../src/index.js'
import { bucketPair, type TestBucket } from './support/buckets.js'
import { ODD_KEYS } from './support/odd-keys.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 1 })

async function put({ client, bucket }: TestBucket, key: string, body: string): Promise<boolean> {
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: body })
  return client.send(command).then(
    () => true,
    () => false,
  )
}

async function listed({ options }: TestBucket): Promise<string[]> {
  const store = createStore(options)
  onTestFinished(() => store.close())
  const keys: string[] = []
  for await (const { key } of store.list({ prefix: '' })) keys.push(key)
  return keys.sort()
}

describe('odd but legal keys', () => {
  it('arrive byte for byte, each with its own bytes, if the source store accepts them', async () => {
    const { source, destination } = await bucketPair()
    const taken: string[] = []
    for (const key of ODD_KEYS) if (await put(source, key, `body of ${key}`)) taken.push(key)
    // What MinIO refuses (dots, double slashes), it refuses by its own rule; the rest has to be there.
    expect(taken.length).toBeGreaterThan(ODD_KEYS.length * 0.7)

    const copier = testCopier({ source: source.options, destination: destination.options })
    for (const key of taken) {
      const result = await copier.copy({ key }, runner)
      expect([key, result.ok ? result.verification : result.failure.message]).toEqual([key, 'etag'])
      const got = await destination.client.send(
        new GetObjectCommand({ Bucket: destination.bucket, Key: key }),
      )
      expect(await got.Body!.transformToString()).toBe(`body of ${key}`)
    }
    expect(await listed(destination)).toEqual(await listed(source))
    expect(copier.requests).toEqual({ source: taken.length, destination: taken.length })
  })

  it('that the store refuses are failures with the store’s own reason', async () => {
    const { source, destination } = await bucketPair()
    const copier = testCopier({ source: source.options, destination: destination.options })
    for (const key of ODD_KEYS) {
      if (await put(source, key, 'x')) continue
      const result = await copier.copy({ key }, runner)
      expect(result).toMatchObject({ ok: false, failure: { side: 'source', status: expect.any(Number) } })
    }
  })

  it('that are invalid are refused before anything is sent', async () => {
    const { source, destination } = await bucketPair()
    const copier = testCopier({ source: source.options, destination: destination.options })
    const refused = [
      ['', 'InvalidKey'],
      ['k'.repeat(1025), 'KeyTooLongError'],
      [`${'ü'.repeat(512)}x`, 'KeyTooLongError'],
      ['lone \ud800 surrogate', 'InvalidKey'],
    ] as const
    for (const [key, code] of refused)
      expect(await copier.copy({ key }, runner)).toMatchObject({
        ok: false,
        attempts: 0,
        failure: { class: 'permanent', code },
      })
    expect(copier.requests).toEqual({ source: 0, destination: 0 })
  })
})
