import { describe, expect, it } from 'vitest'
import { createSimpleRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { putPartsInSandbox } from './support/put-parts-in-sandbox.js'
import { sandboxPair } from './support/sandbox-pair.js'

const PART = 5 * 1024 ** 2
const runner = createSimpleRunner({ maxAttempts: 2, baseDelayMs: 0 })

describe('a response with a wrong object size', () => {
  it.each([
    ['an object in parts', PART + 2, PART],
    ['an object in a single part', 70_000, 70_000],
  ])('does not truncate %s', async (_, bytes, partBytes) => {
    const { source, destination, copier } = await sandboxPair()
    const body = bodyOf(bytes)
    const etag = await putPartsInSandbox(source, 'from', 'k', body, partBytes)
    // Headers that fit the shorter body: only the ranges of later answers tell.
    const short = { type: 'truncate', atByte: bytes - 1, contentLength: 'shortened' } as const
    source.faults.add({ operation: 'GetObject', nth: 1, action: short })
    expect(await copier().copy({ key: 'k' }, runner)).toMatchObject({
      ok: true,
      bytes,
      etag,
      verification: 'etag',
    })
    expect((await destination.store.get('to', 'k'))!.bytes.equals(body)).toBe(true)
  })
})
