import { startSandbox } from '@lagoon/s3-sandbox'
import { randomBytes } from 'node:crypto'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createSimpleRunner, createStore, type CopierOptions } from '../src/index.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { bodyOf } from './support/objects.js'
import { sandboxOptions } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })
const newKey = () => randomBytes(32).toString('base64')

/** A bucket without keys, one with a key, one with another; copied into each other by {@link copy}. */
async function buckets() {
  const sandbox = await startSandbox({
    buckets: ['plain', 'one', 'two'],
    limits: { defaultChecksum: 'crc64nvme' },
  })
  onTestFinished(() => sandbox.close())
  const plain = sandboxOptions(sandbox, 'plain')
  const one = { ...sandboxOptions(sandbox, 'one'), sseCustomerKey: newKey() }
  const two = { ...sandboxOptions(sandbox, 'two'), sseCustomerKey: newKey() }
  const copy = async (source: CopierOptions['source'], destination: CopierOptions['source'], more = {}) => {
    const copier = testCopier({ source, destination, serverSideCopy: 'never', ...parts, ...more })
    return copier.copy({ key: 'k' }, runner)
  }
  return { sandbox, plain, one, two, copy }
}

const parts = { multipartThresholdBytes: 5 * MIB, singlePutBytes: 5 * MIB, partSizeBytes: 5 * MIB }

describe('a customer key', () => {
  it('leaves unencrypted objects readable beside encrypted ones, whatever is repeated', async () => {
    const { sandbox, plain, one, copy } = await buckets()
    await sandbox.store.put('plain', 'k', 'xy')
    await copy(plain, one)
    await sandbox.store.put('one', 'unencrypted', 'x')
    sandbox.faults.add({ operation: 'HeadObject', times: 20, action: { type: 'error', code: 'SlowDown' } })
    const store = createStore(one)
    onTestFinished(() => store.close())
    const keys = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'unencrypted' : 'k'))
    const heads = await Promise.all(keys.map((key) => store.head({ key })))
    expect(heads.map(({ sizeBytes }) => sizeBytes)).toEqual(keys.map((key) => (key === 'k' ? 2 : 1)))
  })

  it.each([
    ['gathered', 70_000],
    ['streamed', 2 * MIB],
    ['in parts', 6 * MIB],
  ])('encrypts and decrypts an object %s', async (_, sizeBytes) => {
    const { sandbox, plain, one, two, copy } = await buckets()
    const body = bodyOf(sizeBytes)
    await sandbox.store.put('plain', 'k', body)
    expect(await copy(plain, one)).toMatchObject({ ok: true, bytes: sizeBytes })
    expect(await copy(one, two)).toMatchObject({ ok: true, verification: 'checksum' })
    expect((await sandbox.store.get('two', 'k'))!.bytes.equals(body)).toBe(true)
    expect(await copy(two, plain)).toMatchObject({ ok: true })
    expect((await sandbox.store.get('plain', 'k'))!.bytes.equals(body)).toBe(true)
  })

  it.each([70_000, 6 * MIB])('is sent if the store copies %d bytes itself', async (sizeBytes) => {
    const { sandbox, plain, one, two, copy } = await buckets()
    const body = bodyOf(sizeBytes)
    await sandbox.store.put('plain', 'k', body)
    await copy(plain, one)
    // The ETags of either side prove nothing, and the store tells the same checksum of both.
    expect(await copy(one, two, { serverSideCopy: 'always' })).toMatchObject({
      ok: true,
      verification: 'checksum',
    })
    expect(
      sandbox.requests.byOperation['CopyObject'] ?? sandbox.requests.byOperation['UploadPartCopy'],
    ).toBeGreaterThan(0)
    expect((await sandbox.store.get('two', 'k'))!.bytes.equals(body)).toBe(true)
    expect(await copy(two, plain)).toMatchObject({ ok: true })
  })

  it('is used for reading back and for checks', async () => {
    const { sandbox, plain, one, two, copy } = await buckets()
    await sandbox.store.put('plain', 'k', bodyOf(2 * MIB))
    await copy(plain, one)
    const strict = await copy({ ...one, etags: 'opaque' }, two, { verify: 'strict' })
    expect(strict).toMatchObject({ ok: true })
    expect(await copy(one, two, { overwrite: 'if-missing' })).toMatchObject({ ok: true, skipped: true })
  })

  it('does not hide an existing object without it', async () => {
    const { sandbox, plain, one, copy } = await buckets()
    await sandbox.store.put('plain', 'k', 'new')
    await sandbox.store.put('one', 'k', 'old')
    expect(await copy(plain, one, { overwrite: 'if-missing' })).toMatchObject({ ok: true, skipped: true })
    expect(await copy(plain, one, { overwrite: 'if-different' })).toMatchObject({ ok: true, bytes: 3 })
    expect((await sandbox.store.get('one', 'k'))!.bytes.toString()).toBe('new')
  })

  it('is not needed for manifests that are unencrypted beside such objects', async () => {
    const { sandbox, plain, one, copy } = await buckets()
    await sandbox.store.put('plain', 'k', 'encrypted')
    await copy(plain, one)
    await sandbox.store.put('one', 'manifest', 'plain')
    const store = createStore(one)
    onTestFinished(() => store.close())
    const read = async (key: string, end: number) =>
      Buffer.from(await store.read({ key, start: 0, end })).toString()
    expect(await store.head({ key: 'manifest' })).toMatchObject({ sizeBytes: 5 })
    expect(await read('manifest', 5)).toBe('plain')
    expect(await read('k', 9)).toBe('encrypted')
    const before = sandbox.requests.total
    expect(await read('k', 9)).toBe('encrypted')
    expect(sandbox.requests.total - before).toBe(1)
  })

  it('that is wrong fails the object with the store’s reason', async () => {
    const { sandbox, plain, one, two, copy } = await buckets()
    await sandbox.store.put('plain', 'k', 'x')
    await copy(plain, one)
    expect(await copy({ ...one, sseCustomerKey: newKey() }, two)).toMatchObject({
      ok: false,
      failure: { side: 'source', code: 'AccessDenied', class: 'permanent' },
    })
    const without = await copy(sandboxOptions(sandbox, 'one'), two)
    expect(without).toMatchObject({ ok: false, failure: { side: 'source', code: 'InvalidRequest' } })
  })

  it('is in no message, whatever fails', async () => {
    const { sandbox, one, two, copy } = await buckets()
    for (const code of ['SignatureDoesNotMatch', 'InvalidArgument', 'InternalError']) {
      sandbox.faults.clear()
      sandbox.faults.add({ action: { type: 'error', code, status: 400 } })
      const result = JSON.stringify(await copy(one, two))
      expect(result).not.toContain(one.sseCustomerKey)
      expect(result).not.toContain(two.sseCustomerKey)
    }
  })

  it.each([
    ['no base64', 'hush'],
    ['too short', randomBytes(16).toString('base64')],
    ['without its padding', newKey().replace('=', '')],
  ])('that is %s is refused, and not shown', (_, sseCustomerKey) => {
    const options = {
      endpointUrl: 'https://s3.example.com',
      region: 'us-east-1',
      bucket: 'b',
      sseCustomerKey,
    }
    const invalid = expect.objectContaining({ code: 'LAGOON_TRANSFER_INVALID_OPTION' })
    expect(() => resolveEndpoint(options)).toThrow(invalid)
    expect(() => resolveEndpoint(options)).not.toThrow(sseCustomerKey)
  })

  it('is sent over https only, except to this machine', () => {
    const at = (endpointUrl: string) => () =>
      resolveEndpoint({ endpointUrl, region: 'us-east-1', bucket: 'b', sseCustomerKey: newKey() })
    expect(at('http://s3.example.com')).toThrow(/unencrypted/)
    expect(at('https://s3.example.com')).not.toThrow()
    expect(at('http://localhost:9000')).not.toThrow()
  })
})
