import { createHash } from 'node:crypto'
import { expect, it, onTestFinished } from 'vitest'
import { createInspector } from '../src/index.js'
import { ODD_KEYS } from './support/odd-keys.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

async function inspected() {
  const { source, destination } = await sandboxPair()
  const inspector = createInspector({
    source: sandboxOptions(source, 'from'),
    destination: sandboxOptions(destination, 'to'),
  })
  onTestFinished(() => inspector.close())
  return { source, destination, inspector }
}

it('returns what each side reports of an object, whatever its key is', async () => {
  const { destination, inspector } = await inspected()
  for (const key of ODD_KEYS) {
    await destination.store.put('to', key, key, { headers: { 'content-type': 'text/odd' } })
    expect(await inspector.head('destination', { key })).toMatchObject({
      ok: true,
      value: {
        sizeBytes: Buffer.byteLength(key),
        etag: createHash('md5').update(key).digest('hex'),
        headers: ['content-type', 'text/odd'],
      },
    })
    expect(await inspector.head('source', { key })).toMatchObject({ ok: true, value: null })
  }
  expect(inspector.requests).toMatchObject({ source: ODD_KEYS.length, destination: ODD_KEYS.length })
})

it('reports that an ETag proves nothing for a directory bucket or opaque ETags', async () => {
  const { source, destination } = await sandboxPair()
  const zonal = 'lake--usw2-az1--x-s3'
  source.store.createBucket(zonal)
  await source.store.put(zonal, 'k', 'x')
  await destination.store.put('to', 'k', 'x')
  const inspector = createInspector({
    source: sandboxOptions(source, zonal),
    destination: { ...sandboxOptions(destination, 'to'), etags: 'opaque' },
  })
  onTestFinished(() => inspector.close())
  for (const side of ['source', 'destination'] as const)
    expect(await inspector.head(side, { key: 'k' })).toMatchObject({
      ok: true,
      value: { etagIsDigest: false },
    })
})

it('requests the given version', async () => {
  const { source, inspector } = await inspected()
  await source.store.put('from', 'a', 'x')
  const { versionId } = (await source.store.get('from', 'a'))!
  expect(await inspector.head('source', { key: 'a', versionId })).toMatchObject({ value: { sizeBytes: 1 } })
  expect(source.requests.records.at(-1)!.query.get('versionId')).toBe(versionId)
})

it('returns a refusal as data, after one request', async () => {
  const { source, inspector } = await inspected()
  source.faults.add({ operation: 'HeadObject', action: { type: 'answer', status: 503 } })
  expect(await inspector.head('source', { key: 'a' })).toMatchObject({
    ok: false,
    failure: { class: 'throttle', side: 'source', status: 503 },
  })
  expect(inspector.requests.source).toBe(1)
})
