import { startSandbox, type SandboxOptions } from '@lagoon/s3-sandbox'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore, type EndpointOptions } from '../src/index.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const express = 'lake--usw2-az1--x-s3'
const runner = createSimpleRunner({ maxAttempts: 3, baseDelayMs: 0 })
const parts = { multipartThresholdBytes: 5 * MIB, singlePutBytes: 5 * MIB, partSizeBytes: 5 * MIB }

async function store(options: SandboxOptions = {}) {
  const limits = { defaultChecksum: 'crc64nvme' } as const
  const sandbox = await startSandbox({ buckets: ['plain', express], limits, ...options })
  onTestFinished(() => sandbox.close())
  const [plain, zonal] = [sandboxOptions(sandbox, 'plain'), sandboxOptions(sandbox, express)]
  const copier = (source: EndpointOptions, destination: EndpointOptions) =>
    testCopier({ source, destination, ...parts })
  return { sandbox, plain, zonal, copier }
}

describe('a directory bucket', () => {
  it.each([
    ['gathered', 70_000, 'stream-md5'],
    ['streamed', 2 * MIB, 'stream-md5'],
    ['in parts', 6 * MIB, 'stream-md5'],
  ])('reads and writes an object %s, with one session for each side', async (_, sizeBytes, verification) => {
    const { sandbox, plain, zonal, copier } = await store()
    const body = bodyOf(sizeBytes)
    await sandbox.store.put('plain', 'k', body)
    const into = copier(plain, zonal)
    await into.copy({ key: 'k', destinationKey: 'first' }, runner)
    expect(await into.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, verification })
    expect((await sandbox.store.get(express, 'k'))!.bytes.equals(body)).toBe(true)
    expect(sandbox.requests.byOperation['CreateSession']).toBe(1)
    const out = copier(zonal, plain)
    expect(await out.copy({ key: 'k', destinationKey: 'back' }, runner)).toMatchObject({ ok: true })
    expect((await sandbox.store.get('plain', 'back'))!.bytes.equals(body)).toBe(true)
    expect(sandbox.requests.byOperation['CreateSession']).toBe(2)
  })

  it('detects a flipped byte, as Content-MD5 would elsewhere', async () => {
    const { sandbox, plain, zonal, copier } = await store()
    const body = bodyOf(70_000)
    await sandbox.store.put('plain', 'k', body)
    const flip = { type: 'flip', side: 'request', atByte: 60_000 } as const
    const rule = sandbox.faults.add({ operation: 'PutObject', nth: 1, action: flip })
    expect(await copier(plain, zonal).copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    expect(rule.applied).toBe(1)
    expect((await sandbox.store.get(express, 'k'))!.bytes.equals(body)).toBe(true)
  })

  it('detects a byte that was flipped at the source during streaming', async () => {
    const { sandbox, plain, zonal, copier } = await store()
    const body = bodyOf(2 * MIB)
    await sandbox.store.put('plain', 'k', body)
    const flip = { type: 'flip', atByte: 60_000 } as const
    const rule = sandbox.faults.add({ operation: 'GetObject', nth: 1, action: flip })
    expect(await copier(plain, zonal).copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    expect(rule.applied).toBe(1)
    expect((await sandbox.store.get(express, 'k'))!.bytes.equals(body)).toBe(true)
  })

  it('is probed, listed and read with a session', async () => {
    const { sandbox, zonal } = await store()
    await sandbox.store.put(express, 'p/k', 'bytes')
    const bucket = createStore(zonal)
    onTestFinished(() => bucket.close())
    await bucket.probe()
    const keys: string[] = []
    for await (const { key } of bucket.list({ prefix: 'p/' })) keys.push(key)
    expect(keys).toEqual(['p/k'])
    expect(Buffer.from(await bucket.read({ key: 'p/k', start: 0, end: 5 })).toString()).toBe('bytes')
    expect(sandbox.requests.byOperation['CreateSession']).toBe(1)
  })

  it('gets a new session before the old one ends, and when it has ended', async () => {
    let ahead = 0
    const { sandbox, plain, zonal, copier } = await store({ now: () => Date.now() + ahead })
    await sandbox.store.put('plain', 'k', 'x')
    const into = copier(plain, zonal)
    expect(await into.copy({ key: 'k' }, runner)).toMatchObject({ ok: true })
    ahead = 6 * 60_000
    expect(await into.copy({ key: 'k' }, runner)).toMatchObject({ ok: true, attempts: 2 })
    expect(sandbox.requests.byOperation['CreateSession']).toBe(2)
  })

  it.each([
    ['SlowDown', 503, 'throttle'],
    ['InternalError', 500, 'transient'],
    ['AccessDenied', 403, 'permanent'],
    ['ExpiredToken', 400, 'permanent'],
  ])('that refuses a session with %s fails the attempt as %i does elsewhere', async (code, status, kind) => {
    const { sandbox, plain, zonal, copier } = await store()
    await sandbox.store.put('plain', 'k', 'x')
    sandbox.faults.add({ operation: 'CreateSession', action: { type: 'error', code, status } })
    const once = createSimpleRunner({ maxAttempts: 1 })
    expect(await copier(plain, zonal).copy({ key: 'k' }, once)).toMatchObject({
      ok: false,
      failure: { side: 'destination', code, class: kind },
    })
  })

  it('reports what is wrong with the keys of the account', async () => {
    const { zonal } = await store()
    const bucket = createStore({ ...zonal, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    onTestFinished(() => bucket.close())
    await expect(bucket.probe()).rejects.toMatchObject({ code: 'LAGOON_TRANSFER_CREDENTIALS_REFUSED' })
  })
})

describe('the address of a directory bucket', () => {
  const at = (more: Partial<EndpointOptions> = {}) =>
    resolveEndpoint({ region: 'us-west-2', bucket: express, ...more })

  it.each([
    [{}, 's3express-usw2-az1.us-west-2.amazonaws.com'],
    [{ useFipsEndpoint: true }, 's3express-fips-usw2-az1.us-west-2.amazonaws.com'],
    [{ useDualstackEndpoint: true }, 's3express-usw2-az1.dualstack.us-west-2.amazonaws.com'],
  ])('is that of its zone, with %o', (more, host) => {
    expect(at(more)).toMatchObject({ host: `${express}.${host}`, pathPrefix: '', etags: 'opaque' })
  })

  it.each([
    { requesterPays: true },
    { sseCustomerKey: Buffer.alloc(32).toString('base64') },
    { forcePathStyle: true },
  ])('cannot be combined with %o', (more) => {
    expect(() => at(more)).toThrow(expect.objectContaining({ code: 'LAGOON_TRANSFER_INVALID_OPTION' }))
  })

  it('is that of any other bucket for a name that only looks similar', () => {
    expect(resolveEndpoint({ region: 'us-west-2', bucket: 'lake-x-s3' }).directoryBucket).toBe(false)
    expect(resolveEndpoint({ region: 'us-west-2', bucket: 'a--x-s3' }).directoryBucket).toBe(false)
  })
})
