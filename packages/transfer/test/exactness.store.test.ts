import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { FaultAction } from '@lagoon/s3-sandbox'
import { startFaultProxy, storePair } from '@lagoon/testkit'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { endpointOptions, freshBucket, type TestBucket } from './support/buckets.js'
import { bodyOf, putInParts } from './support/objects.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const PART = 5 * MIB
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })

/** One buffer, a stream; above `PART` one after another through an MD5, or the parts of the source. */
const objects = fc.oneof(
  fc.record({ bytes: fc.integer({ min: 0, max: 200_000 }), inParts: fc.constant(false) }),
  fc.record({ bytes: fc.integer({ min: MIB, max: 2 * MIB }), inParts: fc.constant(false) }),
  fc.record({ bytes: fc.integer({ min: PART + 1, max: PART + MIB }), inParts: fc.boolean() }),
)
/** Any byte of a body on its way; the first ones are where short documents are. */
const atByte = fc.oneof(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: PART + MIB }))
const actions = fc.oneof(
  fc.constant<FaultAction>({ type: 'reset-response', atByte: 'headers' }),
  atByte.map((at): FaultAction => ({ type: 'reset-response', atByte: at })),
  atByte.map((at): FaultAction => ({ type: 'reset-request', atByte: at })),
  atByte.map((at): FaultAction => ({ type: 'truncate', atByte: at })),
  atByte.map((at): FaultAction => ({ type: 'truncate', atByte: at, contentLength: 'shortened' })),
  atByte.map((at): FaultAction => ({ type: 'flip', atByte: at })),
  atByte.map((at): FaultAction => ({ type: 'flip', atByte: at, side: 'request' })),
  fc.constantFrom<FaultAction>(
    { type: 'error', code: 'SlowDown' },
    { type: 'error', code: 'InternalError' },
    { type: 'error-in-body' },
    { type: 'error-in-body', applied: true },
    { type: 'garbage-xml' },
    { type: 'html' },
    { type: 'html', status: 200 },
    { type: 'answer', status: 503 },
  ),
)
/** Any of the first requests of a copy, whatever they ask for. */
const faults = fc.record({ destination: fc.boolean(), nth: fc.integer({ min: 1, max: 6 }), action: actions })

async function stored({ client, bucket }: TestBucket, Key: string): Promise<Buffer | null> {
  const location = { Bucket: bucket, Key }
  const there = await client.send(new HeadObjectCommand(location)).catch(() => null)
  if (there === null) return null
  const { Body } = await client.send(new GetObjectCommand(location))
  return Buffer.from(await Body!.transformToByteArray())
}

it('whichever byte of a request or response is hit, the destination holds exactly the source’s bytes, or the outcome says why not', async () => {
  const pair = storePair()
  const [source, destination] = [await freshBucket(pair.source), await freshBucket(pair.destination)]
  const [before, behind] = [await startFaultProxy(pair.source), await startFaultProxy(pair.destination)]
  onTestFinished(async () => {
    await Promise.all([before.close(), behind.close()])
  })
  const patience = { firstByteTimeoutMs: 3000, idleTimeoutMs: 3000 }
  const copier = testCopier({
    source: { ...endpointOptions(before.endpoint, source.bucket), ...patience },
    destination: { ...endpointOptions(behind.endpoint, destination.bucket), ...patience },
    multipartThresholdBytes: PART,
    partSizeBytes: PART,
  })
  let number = 0
  await fc.assert(
    fc.asyncProperty(objects, fc.array(faults, { maxLength: 3 }), async ({ bytes, inParts }, rules) => {
      const key = `object ${++number}`
      const body = bodyOf(bytes, number)
      if (inParts) await putInParts(source, key, body, [PART, bytes - PART])
      else await source.client.send(new PutObjectCommand({ Bucket: source.bucket, Key: key, Body: body }))
      before.faults.clear()
      behind.faults.clear()
      for (const { destination: at, nth, action } of rules) (at ? behind : before).faults.add({ nth, action })
      const result = await copier.copy({ key }, runner)
      const there = await stored(destination, key)
      const exact = there?.equals(body) ?? false
      const outcome = result.ok ? result.bytes === bytes : result.failure.code !== ''
      expect(exact || (!result.ok && there === null)).toBe(true)
      expect(outcome).toBe(true)
      for (const { client, bucket } of [source, destination])
        await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    }),
    { numRuns: 40 },
  )
})
