import { describe, expect, it } from 'vitest'
import { abandonUploads } from '../src/index.js'
import { interruptedUpload } from './support/interrupted-upload.js'
import { miniStore } from './support/mini-store.js'
import { sandboxOptions } from './support/sandbox-pair.js'

const MIB = 1024 ** 2

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('recorded uploads', () => {
  it('are listed with their bytes, and kept, by a dry run', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    const options = { destination: sandboxOptions(destination, 'to'), uploads }
    expect(await all(abandonUploads({ ...options, dryRun: true }))).toMatchObject([
      { destinationKey: 'there/ü', sourceKey: 'k', held: { parts: 1, bytes: 5 * MIB }, outcome: 'listed' },
    ])
    expect(map.size).toBe(1)
    expect(destination.store.uploads('to')).toHaveLength(1)
  })

  it('are aborted and forgotten', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    const options = { destination: sandboxOptions(destination, 'to'), uploads }
    expect(await all(abandonUploads(options))).toMatchObject([{ outcome: 'aborted', held: { parts: 1 } }])
    expect(map.size).toBe(0)
    expect(destination.store.uploads('to')).toEqual([])
    expect(await all(abandonUploads(options))).toEqual([])
  })

  it('that the store no longer knows are forgotten', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    destination.store.abortUploads('to')
    const options = { destination: sandboxOptions(destination, 'to'), uploads }
    expect(await all(abandonUploads(options))).toMatchObject([{ outcome: 'aborted', held: null }])
    expect(map.size).toBe(0)
  })

  it.each(['ListParts', 'AbortMultipartUpload'] as const)(
    'stay recorded, with the reason, if %s is refused',
    async (operation) => {
      const { destination, map, uploads } = await interruptedUpload()
      destination.faults.add({ operation, action: { type: 'error', code: 'AccessDenied', status: 403 } })
      const { signal } = new AbortController()
      const options = { destination: sandboxOptions(destination, 'to'), uploads, signal }
      expect(await all(abandonUploads(options))).toMatchObject([
        { outcome: 'failed', failure: { code: 'AccessDenied' } },
      ])
      expect(map.size).toBe(1)
      expect(destination.store.uploads('to')).toHaveLength(1)
    },
  )

  it.each([
    ['names where the next page begins', true, [{ outcome: 'listed' }, { outcome: 'listed' }]],
    ['names nothing', false, [{ outcome: 'listed' }, { outcome: 'listed' }]],
    ['gives the same page again', null, [{ outcome: 'failed', failure: { code: 'MalformedAnswer' } }]],
  ])('and whose ids were lost are found on every page of a store that %s', async (_, markers, expected) => {
    const upload = (id: number): string =>
      `<Upload><Key>k</Key><UploadId>u${id}</UploadId><Initiated>2999-01-01T00:00:00Z</Initiated></Upload>`
    const { options } = await miniStore(({ query }) => {
      if (query.has('uploadId')) return { status: 404, body: '<Error><Code>NoSuchUpload</Code></Error>' }
      const isSecond = markers !== null && query.get('upload-id-marker') === 'u1'
      const next =
        markers === true ? '<NextKeyMarker>k</NextKeyMarker><NextUploadIdMarker>u1</NextUploadIdMarker>' : ''
      const page = isSecond ? upload(2) : `<IsTruncated>true</IsTruncated>${next}${upload(1)}`
      return { body: `<ListMultipartUploadsResult>${page}</ListMultipartUploadsResult>` }
    })
    const intent = {
      version: 1,
      uploadId: '',
      bucket: 'b',
      parts: [],
      sourceKey: 'k',
      startedAt: 0,
      sizeBytes: 1,
    }
    const entries = new Map<string, object>([['k', intent]])
    const uploads = {
      put: () => undefined,
      get: () => undefined,
      delete: () => undefined,
      entries: () => entries.entries(),
    }
    const abandoned = abandonUploads({ destination: options('b'), uploads, dryRun: true })
    expect(await all(abandoned)).toMatchObject(expected)
  })

  it('of another bucket are kept', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    destination.store.createBucket('other')
    const options = { destination: sandboxOptions(destination, 'other'), uploads }
    expect(await all(abandonUploads(options))).toEqual([])
    expect(map.size).toBe(1)
  })
})
