import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compactState, forgetInState, type State } from '../src/index.js'
import { answers, failure, MANIFEST, open, temporaryDirectory, TINY } from './helpers.js'

const OTHER = { key: 'manifest/b.parquet', etag: 'e1' }

async function filled(directory: string): Promise<void> {
  const state = await open(directory, TINY)
  for (let i = 0; i < 3000; i++) {
    state.complete(`k${i}`, i % 2 ? 'v' : null)
    await (state.idle() ?? undefined)
  }
  state.complete('k5', 'newer')
  state.fail(failure(1, 'bad'))
  state.manifest(MANIFEST).finish({ rows: 10, rowGroups: 1 })
  state.manifest(OTHER).finish({ rows: 10, rowGroups: 1 })
  await state.close()
}

function completeCount(state: State): number {
  return state.lookup(Array.from({ length: 3000 }, (_, i) => `k${i}`)).filter((answer) => answer === 1).length
}

describe('forgetting', () => {
  it('changes nothing for an unknown key', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    expect(await forgetInState({ directory, keys: ['never heard of'] })).toEqual({
      keys: 0,
      failures: 0,
      manifests: 0,
    })
    const state = await open(directory, TINY)
    expect(state.manifest(MANIFEST).finished).not.toBeNull()
    await state.close()
  })

  it('keys opens them in every version, and reads every manifest again to find their rows', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    const forgotten = await forgetInState({ directory, keys: ['k5', 'k6', 'k6', 'never heard of'] })
    expect(forgotten).toEqual({ keys: 2, failures: 1, manifests: 2 })
    const state = await open(directory, TINY)
    expect(answers(state, ['k4', 'k5', 'k6', 'k7'])).toEqual([1, 0, 0, 1])
    expect(completeCount(state)).toBe(2998)
    expect(state.manifest(MANIFEST).finished).toBeNull()
    // Merges continue over what was taken out.
    for (let i = 0; i < 2000; i++) state.complete(`more ${i}`)
    await state.flush()
    state.complete('k5')
    await state.flush()
    expect(answers(state, ['k5', 'k6'])).toEqual([1, 0])
    expect(state.counts().complete).toBe(4999)
  })

  it('most keys keeps the others in place, even if whole chunks are emptied', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    const keys = Array.from({ length: 3000 }, (_, i) => `k${i}`).filter((_, i) => i % 10 !== 0)
    expect((await forgetInState({ directory, keys })).keys).toBe(keys.length)
    const state = await open(directory, TINY)
    expect(completeCount(state)).toBe(300)
    for (const key of keys) state.complete(key)
    await state.flush()
    expect(completeCount(state)).toBe(3000)
    await state.close()
    await compactState({ directory })
    const compacted = await open(directory)
    expect(completeCount(compacted)).toBe(3000)
    expect(compacted.counts().complete).toBe(3000)
  })

  it('a manifest makes it be read again; its complete keys stay complete', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    expect(await forgetInState({ directory, manifests: [OTHER.key, 'unknown'] })).toEqual({
      keys: 0,
      failures: 0,
      manifests: 1,
    })
    const state = await open(directory)
    expect(state.manifest(OTHER).finished).toBeNull()
    expect(state.manifest(MANIFEST).finished).toEqual({ rows: 10, failed: 1 })
    expect(completeCount(state)).toBe(3000)
  })

  it('failures makes the manifests with failures be read again', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    expect(await forgetInState({ directory, failed: true })).toEqual({ keys: 0, failures: 1, manifests: 1 })
    const state = await open(directory)
    expect(state.manifest(MANIFEST).finished).toBeNull()
    expect(state.manifest(OTHER).finished).not.toBeNull()
    expect([...state.failures()]).toEqual([])
  })

  it('without a state does nothing and creates nothing', async () => {
    const parent = temporaryDirectory()
    const directory = join(parent, 'data')
    expect(await forgetInState({ directory, failed: true })).toEqual({ keys: 0, failures: 0, manifests: 0 })
    expect(await compactState({ directory })).toEqual({ bytesBefore: 0, bytesAfter: 0 })
    expect(readdirSync(parent)).toEqual([])
  })
})

describe('compacting', () => {
  it('keeps everything, shrinks the file, and leaves nothing else behind', async () => {
    const directory = temporaryDirectory()
    await filled(directory)
    const { bytesBefore, bytesAfter } = await compactState({ directory })
    expect(bytesAfter).toBeLessThan(bytesBefore)
    expect(statSync(join(directory, 'state.mdb')).size).toBe(bytesAfter)
    expect(readdirSync(directory).filter((name) => name.includes('compact'))).toEqual([])
    const state = await open(directory)
    expect(completeCount(state)).toBe(3000)
    expect(state.counts()).toEqual({ complete: 3000, failed: 1, manifestsFinished: 2 })
    state.complete('after')
    await state.flush()
    expect(answers(state, ['after', 'k0'])).toEqual([1, 1])
  })

  it('is refused while a writer holds the directory', async () => {
    const directory = temporaryDirectory()
    await open(directory)
    await expect(compactState({ directory })).rejects.toMatchObject({ code: 'LAGOON_STATE_LOCKED' })
  })
})
