import { describe, expect, it } from 'vitest'
import { abandonUploads, type UploadLedger } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxOptions, sandboxPair } from './support/sandbox-pair.js'

const MIB = 1024 ** 2

async function interruptedUpload() {
  const pair = await sandboxPair()
  await putPartsInSandbox(pair.source, 'from', 'k', bodyOf(10 * MIB + 7), 5 * MIB)
  const map = new Map<string, object>()
  const uploads: UploadLedger = {
    put: (key, value) => void map.set(key, structuredClone(value)),
    get: (key) => map.get(key),
    delete: (key) => void map.delete(key),
    entries: () => map.entries(),
  }
  const stop = new AbortController()
  const copier = pair.copier({ uploads, partConcurrency: 1 })
  await copier.copy(
    { key: 'k', destinationKey: 'there/ü' },
    {
      async run(attempt) {
        const result = await attempt(stop.signal)
        if (result.ok && result.bytes > 0) stop.abort()
        return { ...result, attempts: 1 }
      },
    },
  )
  return { ...pair, map, uploads }
}

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

  it('of another bucket are not touched', async () => {
    const { destination, map, uploads } = await interruptedUpload()
    destination.store.createBucket('other')
    const options = { destination: sandboxOptions(destination, 'other'), uploads }
    expect(await all(abandonUploads(options))).toEqual([])
    expect(map.size).toBe(1)
  })
})
