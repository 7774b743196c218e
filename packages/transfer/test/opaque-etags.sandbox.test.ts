import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3'
import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { bodyOf, putInParts } from './support/objects.js'
import { sandboxBucket, sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

/** In one buffer, as a stream, in parts. */
const SIZES = { gathered: 70_000, streamed: 2 * MIB, parts: 5 * MIB + 70_000 }

const KMS = { ServerSideEncryption: 'aws:kms' } as const
const SOURCES = {
  md5: {},
  crc64nvme: { ...KMS, ChecksumAlgorithm: 'CRC64NVME' },
  crc32: { ...KMS, ChecksumAlgorithm: 'CRC32' },
  crc32c: { ...KMS, ChecksumAlgorithm: 'CRC32C' },
  sha256: { ...KMS, ChecksumAlgorithm: 'SHA256' },
  nothing: KMS,
} as const satisfies Record<string, Partial<PutObjectCommandInput>>

const DESTINATIONS = {
  md5: { options: {}, limits: {} },
  /** As on AWS: an ETag that is not a digest, and a CRC-64/NVME that nobody asked for. */
  crc64nvme: {
    options: { serverSideEncryption: 'aws:kms' },
    limits: { defaultChecksum: 'crc64nvme' },
  },
  nothing: { options: { serverSideEncryption: 'aws:kms' }, limits: {} },
} as const

type SourceKind = keyof typeof SOURCES
type DestinationKind = keyof typeof DESTINATIONS

const parts: Partial<CopierOptions> = {
  multipartThresholdBytes: 5 * MIB,
  singlePutBytes: 5 * MIB,
  partSizeBytes: 5 * MIB,
}

async function pair(sourceKind: SourceKind, destinationKind: DestinationKind, sizeBytes: number) {
  const { options, limits } = DESTINATIONS[destinationKind]
  const source = await started({ buckets: ['from'] })
  const destination = await started({ buckets: ['to'], limits })
  const { client } = sandboxBucket(source, 'from')
  const Body = bodyOf(sizeBytes)
  await client.send(new PutObjectCommand({ Bucket: 'from', Key: 'k', Body, ...SOURCES[sourceKind] }))
  const sides = { source: sandboxOptions(source, 'from'), destination: sandboxOptions(destination, 'to') }
  const copier = testCopier({ ...sides, ...parts, ...options })
  return { source, destination, copier, body: Body }
}

async function started(options: Parameters<typeof startSandbox>[0]): Promise<Sandbox> {
  const sandbox = await startSandbox(options)
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** What is recorded for a source and a destination that tell this much: gathered, streamed, in parts. */
const EXPECTED: [SourceKind, DestinationKind, [string, string, string]][] = [
  ['md5', 'md5', ['etag', 'etag', 'stream-md5']],
  ['md5', 'crc64nvme', ['content-md5', 'content-md5', 'stream-md5']],
  ['md5', 'nothing', ['content-md5', 'content-md5', 'size']],
  ['crc64nvme', 'md5', ['checksum', 'checksum', 'stream-checksum']],
  ['crc64nvme', 'crc64nvme', ['checksum', 'checksum', 'checksum']],
  ['crc64nvme', 'nothing', ['checksum', 'checksum', 'size']],
  ['crc32', 'md5', ['checksum', 'checksum', 'stream-checksum']],
  ['crc32c', 'md5', ['checksum', 'checksum', 'stream-checksum']],
  ['sha256', 'md5', ['checksum', 'checksum', 'stream-checksum']],
  ['crc32', 'crc64nvme', ['checksum', 'checksum', 'stream-checksum']],
  ['sha256', 'crc64nvme', ['checksum', 'checksum', 'stream-checksum']],
  ['nothing', 'md5', ['sent-md5', 'sent-md5', 'sent-md5']],
  ['nothing', 'crc64nvme', ['sent-md5', 'sent-checksum', 'sent-checksum']],
  ['nothing', 'nothing', ['sent-md5', 'size', 'size']],
]

describe('what is known of a copy', () => {
  it.each(EXPECTED)(
    'from a source of %s to a destination of %s',
    async (sourceKind, destinationKind, expected) => {
      const found: unknown[] = []
      for (const sizeBytes of Object.values(SIZES)) {
        const { copier, destination, body } = await pair(sourceKind, destinationKind, sizeBytes)
        // The first copy teaches what the destination reports.
        await copier.copy({ key: 'k', destinationKey: 'first' }, runner)
        const result = await copier.copy({ key: 'k' }, runner)
        found.push(result.ok ? result.verification : result.failure)
        expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
      }
      expect(found).toEqual(expected)
    },
  )

  it('that is not an MD5 is used from the first object', async () => {
    const { copier } = await pair('crc64nvme', 'nothing', SIZES.gathered)
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ verification: 'checksum' })
    expect(copier.requests).toEqual({ source: 1, destination: 1 })
  })
})

describe('a flipped byte with the right length', () => {
  const telling = Object.keys(SOURCES).filter((kind) => kind !== 'nothing') as SourceKind[]
  const cases = telling.flatMap((source) =>
    (Object.keys(DESTINATIONS) as DestinationKind[]).flatMap((destination) =>
      Object.keys(SIZES).map((size) => [source, destination, size as keyof typeof SIZES] as const),
    ),
  )

  it.each(cases)(
    'between a source of %s and a destination of %s, %s, is detected, and the next attempt is correct',
    async (sourceKind, destinationKind, size) => {
      const { source, destination, copier, body } = await pair(sourceKind, destinationKind, SIZES[size])
      // Of the GET that brings bytes: in parts, the first one is only looked at.
      const nth = size === 'parts' ? 2 : 1
      const rule = source.faults.add({
        operation: 'GetObject',
        nth,
        action: { type: 'flip', atByte: 60_000 },
      })
      const result = await copier.copy({ key: 'k' }, runner)
      expect(result).toMatchObject({ ok: true })
      expect(rule.applied).toBe(1)
      expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
      expect(destination.store.uploads('to')).toEqual([])
    },
  )

  it('in a request to a destination with only a checksum is detected', async () => {
    const { destination, copier, body } = await pair('nothing', 'crc64nvme', SIZES.streamed)
    await copier.copy({ key: 'k', destinationKey: 'first' }, runner)
    const flip = { type: 'flip', side: 'request', atByte: 60_000 } as const
    const rule = destination.faults.add({ operation: 'PutObject', times: 1, action: flip })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification: 'sent-checksum' })
    expect(rule.applied).toBe(1)
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })

  it('in a part for such a destination is detected, and the stored object does not stay', async () => {
    const { destination, copier } = await pair('crc64nvme', 'crc64nvme', SIZES.parts)
    const flip = { type: 'flip', side: 'request', atByte: 60_000 } as const
    destination.faults.add({ operation: 'UploadPart', action: flip })
    expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      failure: { code: 'ChecksumMismatch' },
    })
    expect(destination.store.keys('to')).toEqual([])
    expect(destination.store.uploads('to')).toEqual([])
  })
})

describe('a source uploaded in parts', () => {
  /** Two parts at the source, encrypted or not, and a destination that tells as much as it is said to. */
  async function inParts(kind: DestinationKind, description: object) {
    const { options, limits } = DESTINATIONS[kind]
    const source = await started({ buckets: ['from'] })
    const destination = await started({ buckets: ['to'], limits })
    const body = bodyOf(6 * MIB)
    await putInParts(sandboxBucket(source, 'from'), 'k', body, [5 * MIB, MIB], description)
    const sides = { source: sandboxOptions(source, 'from'), destination: sandboxOptions(destination, 'to') }
    return { source, destination, body, copier: testCopier({ ...sides, ...options }) }
  }

  const composite = (ChecksumAlgorithm: string) => ({ ...KMS, ChecksumAlgorithm })

  it.each<[string, DestinationKind, object, string]>([
    ['its ETag', 'md5', {}, 'etag'],
    ['its ETag', 'crc64nvme', {}, 'stream-md5'],
    ['its ETag', 'nothing', {}, 'size'],
    ['a CRC-32 of its parts’ checksums', 'md5', composite('CRC32'), 'stream-checksum'],
    ['a CRC-32 of its parts’ checksums', 'crc64nvme', composite('CRC32'), 'stream-checksum'],
    ['a CRC-32 of its parts’ checksums', 'nothing', composite('CRC32'), 'size'],
    ['a SHA-256 of its parts’ checksums', 'md5', composite('SHA256'), 'stream-checksum'],
  ])(
    'is verified by %s as it is read, for a destination of %s',
    async (_, kind, description, verification) => {
      const { source, destination, body, copier } = await inParts(kind, description)
      await copier.copy({ key: 'k', destinationKey: 'first' }, runner)
      // The first GET is only looked at, the second brings a part.
      const flip = { type: 'flip', atByte: 100_000 } as const
      const rule = source.faults.add({ operation: 'GetObject', nth: 2, action: flip })
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification })
      expect(rule.applied).toBe(1)
      expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
    },
  )
})
