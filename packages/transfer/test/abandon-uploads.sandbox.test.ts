import { describe, expect, it } from 'vitest'
import { abandonUploads } from '../src/index.js'
import { interruptedUpload } from './support/interrupted-upload.js'
import { sandboxOptions } from './support/sandbox-pair.js'

const MIB = 1024 ** 2

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('uploads that a ledger remembers', () => {
  it('are listed with what they hold, and left alone, by a dry run', async () => {
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

  it('and that the store no longer knows are forgotten', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    destination.store.abortUploads('to')
    const options = { destination: sandboxOptions(destination, 'to'), uploads }
    expect(await all(abandonUploads(options))).toMatchObject([{ outcome: 'aborted', held: null }])
    expect(map.size).toBe(0)
  })

  it.each(['ListParts', 'AbortMultipartUpload'] as const)(
    'stay remembered, with the reason, when %s is refused',
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

  it('of another bucket are not touched', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    destination.store.createBucket('other')
    const options = { destination: sandboxOptions(destination, 'other'), uploads }
    expect(await all(abandonUploads(options))).toEqual([])
    expect(map.size).toBe(1)
  })
})
