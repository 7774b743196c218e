import { KNOWN_DIALECTS } from '@lagoon/s3-sandbox'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair, type SandboxPair } from './support/sandbox-pair.js'
import { testCopier } from './support/test-copier.js'

const MIB = 1024 ** 2
const once = createSimpleRunner({ maxAttempts: 1 })
const described = {
  headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'max-age=60' },
  metadata: { one: '1', size: 'Größe' },
}
const KEYS = ['empty', 'small', 'parts', 'folder/', 'a b+c%/ä']
/** An object whose parts are of the copier's choice, as its ETag says nothing. */
const OPAQUE = 'opaque'

async function fill({ source }: SandboxPair): Promise<void> {
  for (const key of KEYS.filter((name) => name !== 'parts')) {
    const bytes = key === 'empty' || key.endsWith('/') ? Buffer.alloc(0) : bodyOf(100)
    await source.store.put('from', key, bytes, described)
  }
  await putPartsInSandbox(source, 'from', 'parts', bodyOf(2009), 1000)
}

async function digests({ source, destination }: SandboxPair): Promise<[unknown[], unknown[]]> {
  const of = async (sandbox: typeof source, bucket: string): Promise<unknown[]> => {
    const objects = await Promise.all(KEYS.map((key) => sandbox.store.get(bucket, key)))
    return objects.map((object, index) => [
      KEYS[index],
      object && createHash('md5').update(object.bytes).digest('hex'),
    ])
  }
  return [await of(source, 'from'), await of(destination, 'to')]
}

/** Parts that the destination makes for itself, where the source's own can't be obtained. */
const options = { singlePutBytes: 5 * MIB, partSizeBytes: 5 * MIB, multipartThresholdBytes: 5 * MIB }

const stores = Object.entries(KNOWN_DIALECTS).filter(([name]) => name !== 'gcs' && name !== 'objectLock')

describe.each(stores)('a store with the dialect of %s', (_name, dialect) => {
  it('accepts objects of every kind with one attempt', async () => {
    const pair = await sandboxPair({ minPartSizeBytes: 0 })
    await fill(pair)
    pair.destination.setDialect(dialect)
    const encrypted = { headers: { 'x-amz-server-side-encryption': 'aws:kms' } }
    await pair.source.store.put('from', OPAQUE, bodyOf(5 * MIB + 9), encrypted)
    const copier = pair.copier(options)
    const results = await Promise.all([...KEYS, OPAQUE].map((key) => copier.copy({ key }, once)))
    expect(results).toEqual(results.map(() => expect.objectContaining({ ok: true, attempts: 1 })))
    const [there, here] = await digests(pair)
    expect(here).toEqual(there)
  })

  it('returns them, with one attempt', async () => {
    const pair = await sandboxPair({ minPartSizeBytes: 0 })
    await fill(pair)
    pair.source.setDialect(dialect)
    const copier = pair.copier(options)
    const results = await Promise.all(KEYS.map((key) => copier.copy({ key }, once)))
    expect(results).toEqual(KEYS.map(() => expect.objectContaining({ ok: true, attempts: 1 })))
    const [there, here] = await digests(pair)
    expect(here).toEqual(there)
  })

  it('copies them server-side', async () => {
    const pair = await sandboxPair({ minPartSizeBytes: 0 })
    await fill(pair)
    pair.source.store.createBucket('to')
    pair.source.setDialect(dialect)
    const copier = testCopier({
      source: sandboxOptions(pair.source, 'from'),
      destination: sandboxOptions(pair.source, 'to'),
      ...options,
    })
    const results = await Promise.all(KEYS.map((key) => copier.copy({ key }, once)))
    expect(results).toEqual(KEYS.map(() => expect.objectContaining({ ok: true, attempts: 1 })))
    const [there, here] = await digests({ ...pair, destination: pair.source })
    expect(here).toEqual(there)
  })
})
