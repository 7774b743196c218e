import { ListObjectVersionsCommand, PutBucketVersioningCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { startSandbox } from '@lagoon/s3-sandbox'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxBucket, sandboxOptions, sandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

/** A store that ignores Content-MD5 and stores a wrong first byte a given number of times. */
async function carelessStore(wrongPuts: number): Promise<{ url: string; objects: Map<string, Buffer> }> {
  const objects = new Map<string, Buffer>()
  let wrong = wrongPuts
  const server: Server = createServer(async (request, response) => {
    const path = request.url!
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const stored = objects.get(path)
    if (request.method === 'PUT') {
      const body = Buffer.concat(chunks)
      if (wrong-- > 0) body[0]! ^= 1
      objects.set(path, body)
    } else if (request.method === 'DELETE') objects.delete(path)
    else if (stored === undefined) response.statusCode = 404
    const now = objects.get(path)
    if (now !== undefined) response.setHeader('etag', `"${createHash('md5').update(now).digest('hex')}"`)
    response.end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, objects }
}

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }

describe.each([100_000, 3_000_000])('an object of %d bytes that a careless store stored wrongly', (bytes) => {
  it('is replaced by the next attempt', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(bytes))
    const { url, objects } = await carelessStore(1)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    expect(await make({ destination }).copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    expect(objects.get('/to/k')!.equals(bodyOf(bytes))).toBe(true)
  })

  it('is removed after the last attempt', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(bytes))
    const { url, objects } = await carelessStore(99)
    const destination = { endpointUrl: url, region: 'us-east-1', bucket: 'to', credentials, proxy: 'none' }
    expect(await make({ destination }).copy({ key: 'k' }, runner)).toMatchObject({
      ok: false,
      attempts: 2,
      failure: { class: 'transient', side: 'destination', code: 'ChecksumMismatch' },
    })
    expect(objects.size).toBe(0)
  })
})

describe('a wrong object', () => {
  const flip = { type: 'flip', side: 'request', atByte: 60_000 } as const

  /** What is stored at the destination has a flipped byte each time, and only its checksum tells. */
  async function flipped() {
    const source = await startSandbox({ buckets: ['from'] })
    const destination = await startSandbox({ buckets: ['to'], limits: { defaultChecksum: 'crc64nvme' } })
    onTestFinished(async () => {
      await Promise.all([source.close(), destination.close()])
    })
    const { client } = sandboxBucket(source, 'from')
    const Body = bodyOf(2_000_000)
    await client.send(
      new PutObjectCommand({ Bucket: 'from', Key: 'k', Body, ServerSideEncryption: 'aws:kms' }),
    )
    const copier = testCopier({
      source: sandboxOptions(source, 'from'),
      destination: sandboxOptions(destination, 'to'),
      serverSideEncryption: 'aws:kms',
    })
    // The first copy teaches what the destination reports.
    expect(await copier.copy({ key: 'k', destinationKey: 'first' }, runner)).toMatchObject({ ok: true })
    destination.faults.add({ operation: 'PutObject', action: flip })
    const bucket = sandboxBucket(destination, 'to')
    const failed = async () =>
      expect(await copier.copy({ key: 'k' }, runner)).toMatchObject({
        ok: false,
        failure: { code: 'ChecksumMismatch' },
      })
    return { destination, bucket, failed }
  }

  it('in a versioned bucket is removed by its version, and the previous object is current again', async () => {
    const { destination, bucket, failed } = await flipped()
    await destination.store.put('to', 'k', 'before')
    const VersioningConfiguration = { Status: 'Enabled' } as const
    await bucket.client.send(new PutBucketVersioningCommand({ Bucket: 'to', VersioningConfiguration }))
    await failed()
    const deleted = destination.requests.records.find(({ operation }) => operation === 'DeleteObject')
    expect(deleted!.query.get('versionId')).toBeTruthy()
    const { Versions, DeleteMarkers } = await bucket.client.send(
      new ListObjectVersionsCommand({ Bucket: 'to', Prefix: 'k' }),
    )
    expect(Versions).toHaveLength(1)
    expect(DeleteMarkers).toBeUndefined()
    expect((await destination.store.get('to', 'k'))!.bytes.toString()).toBe('before')
  })

  it('that cannot be checked, or has been replaced, is left alone', async () => {
    const { destination, failed } = await flipped()
    const looks = { operation: 'HeadObject' } as const
    const denied = destination.faults.add({ ...looks, action: { type: 'answer', status: 403 } })
    await failed()
    denied.remove()
    const hold = destination.hold(looks)
    const replaced = failed()
    await hold.arrived()
    await destination.store.put('to', 'k', 'theirs')
    hold.release()
    await replaced
    expect((await destination.store.get('to', 'k'))!.bytes.toString()).toBe('theirs')
    expect(destination.requests.byOperation['DeleteObject']).toBeUndefined()
  })
})
