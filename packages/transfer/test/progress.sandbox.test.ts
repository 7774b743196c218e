import { describe, expect, it } from 'vitest'
import type { CopyProgress } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

async function copied(sizeBytes: number, options: object) {
  const pair = await sandboxPair()
  await pair.source.store.put('from', 'k', bodyOf(sizeBytes))
  const told: number[] = []
  const onProgress = ({ bytes }: CopyProgress): void => void told.push(bytes)
  const result = await pair.copier(options).copy({ key: 'k' }, { onProgress })
  expect(result).toMatchObject({ ok: true, bytes: sizeBytes })
  return told
}

describe('the progress of a copy', () => {
  it('of one PUT is reported during streaming, never backwards, up to the last byte', async () => {
    const told = await copied(3_000_000, { threads: 1 })
    expect(told.length).toBeGreaterThan(2)
    expect(told).toEqual(told.toSorted((a, b) => a - b))
    expect(told.at(-1)).toBe(3_000_000)
  })

  it('of parts is reported after each of them', async () => {
    const parts = { threads: 1, multipartThresholdBytes: 5 * 2 ** 20, partSizeBytes: 5 * 2 ** 20 }
    const told = await copied(12 * 2 ** 20, parts)
    expect(told.at(-1)).toBe(12 * 2 ** 20)
    expect(told.length).toBeGreaterThanOrEqual(3)
  })

  it('of an empty object is not reported, and a signal ends a copy without a runner', async () => {
    expect(await copied(0, { threads: 1 })).toEqual([])
    const pair = await sandboxPair()
    await pair.source.store.put('from', 'k', 'body')
    const signal = AbortSignal.abort(new Error('enough'))
    const result = await pair.copier({ threads: 1 }).copy({ key: 'k' }, { signal })
    expect(result).toMatchObject({ ok: false, failure: { class: 'aborted' } })
  })
})
