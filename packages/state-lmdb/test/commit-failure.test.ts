import { afterEach, describe, expect, it, vi } from 'vitest'
import { acquireWriterLock, type WriterLock } from '../src/state/writer-lock.js'
import type { KeySetMeta } from '../src/keys/level-meta.js'
import { fromJson, openLmdb } from '../src/lmdb/store.js'
import { resolveOptions, type StateOptions } from '../src/options.js'
import { LmdbState } from '../src/state/state.js'
import { answers, failure, IDENTITY, open, temporaryDirectory, TINY } from './helpers.js'

/** A file system that never has a byte free. */
const FULL = '/proc'

/** A state that can be made to find its disk full, and to find it with room again. */
async function openOnDisk(
  directory: string,
  options: Partial<StateOptions> = {},
): Promise<{ state: LmdbState; disk: { full: boolean } }> {
  const disk = { full: false }
  let lock: WriterLock
  const store = await openLmdb(directory, (meta) => {
    lock = acquireWriterLock(meta, { directory, identity: IDENTITY })
  })
  const onDisk = Object.defineProperty({ ...store }, 'directory', {
    get: () => (disk.full ? FULL : directory),
  })
  const resolved = resolveOptions({ directory, identity: IDENTITY, diskFloorBytes: 0, ...options })
  return { state: new LmdbState(onDisk, lock!, resolved), disk }
}

/** Runs, and merges in progress, in a state that is closed. */
async function slotsIn(directory: string): Promise<number> {
  const { meta, env } = await openLmdb(directory, () => {})
  const index = fromJson<{ keys: KeySetMeta }>(meta.getBinary('index'))
  await env.close()
  return index!.keys.slots.length
}

const DISK_FULL = expect.objectContaining({ code: 'LAGOON_STATE_DISK_FULL' }) as Error

describe.runIf(process.platform === 'linux')('invariant 9: if the disk accepts no commit', () => {
  afterEach(() => void vi.useRealTimers())

  it('outcomes are kept, reported once, and recorded by a flush when there is room', async () => {
    const directory = temporaryDirectory()
    const errors: Error[] = []
    const { state, disk } = await openOnDisk(directory, { onError: (error) => errors.push(error) })
    state.complete('before')
    await state.flush()
    disk.full = true
    state.complete('kept')
    await expect(state.flush()).rejects.toEqual(DISK_FULL)
    await expect(state.flush()).rejects.toEqual(DISK_FULL)
    expect(errors).toEqual([DISK_FULL])
    expect(state.counts().complete).toBe(2)
    state.complete('said after that')
    state.fail(failure(1, 'bad'))
    expect(answers(state, ['before', 'kept', 'said after that', 'bad', 'other'])).toEqual([1, 1, 1, 2, 0])
    expect(state.idle()).toBeNull()
    disk.full = false
    await state.flush()
    expect(state.counts()).toEqual({ complete: 3, failed: 1, manifestsFinished: 0 })
    disk.full = true
    state.complete('at last')
    await expect(state.flush()).rejects.toEqual(DISK_FULL)
    expect(errors).toEqual([DISK_FULL, DISK_FULL])
    disk.full = false
    await state.close()
    expect(answers(await open(directory), ['kept', 'said after that', 'at last'])).toEqual([1, 1, 1])
  })

  it('closing reports it, and releases the directory; the journal keeps the uncommitted outcomes', async () => {
    const directory = temporaryDirectory()
    const { state, disk } = await openOnDisk(directory)
    state.complete('before')
    await state.flush()
    disk.full = true
    state.complete('last')
    await expect(state.close()).rejects.toEqual(DISK_FULL)
    expect(answers(await open(directory), ['before', 'last'])).toEqual([1, 1])
  })

  it('merging is postponed without a report', async () => {
    const directory = temporaryDirectory()
    const before = await open(directory, TINY)
    for (let i = 0; i < 1000; i++) {
      before.complete(`k${i}`)
      if (i === 700) await before.flush()
    }
    await before.close()
    expect(await slotsIn(directory)).toBeGreaterThan(1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const errors: Error[] = []
    const onError = (error: Error): number => errors.push(error)
    const { state, disk } = await openOnDisk(directory, { ...TINY, onError })
    disk.full = true
    await vi.advanceTimersByTimeAsync(TINY.commitIntervalMs)
    // Waits for the step that has begun, and has nothing to do itself.
    await state.close()
    expect(errors).toEqual([])
    expect(await slotsIn(directory)).toBeGreaterThan(1)
  })

  it('compacting fails, and succeeds when there is room', async () => {
    const directory = temporaryDirectory()
    const { state, disk } = await openOnDisk(directory)
    for (const count of [50, 5]) {
      for (let i = 0; i < count; i++) state.complete(`${count} ${i}`)
      await state.flush()
    }
    disk.full = true
    await expect(state.compact()).rejects.toEqual(DISK_FULL)
    disk.full = false
    await state.compact()
    expect(answers(state, ['50 49', '5 4', '5 5'])).toEqual([1, 1, 0])
    await state.close()
  })
})

describe('below the floor', () => {
  afterEach(() => void vi.useRealTimers())

  it('the run is warned while the disk still accepts outcomes', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    const errors: Error[] = []
    const onError = (error: Error): number => errors.push(error)
    const { state } = await openOnDisk(temporaryDirectory(), { diskFloorBytes: 2 ** 52, onError })
    for (const key of ['a', 'b', 'c']) {
      state.complete(key)
      await state.flush()
      vi.advanceTimersByTime(5000)
    }
    expect(errors).toEqual([DISK_FULL])
    expect(errors[0]!.message).toContain('less than the minimum')
    expect(state.counts().complete).toBe(3)
    await state.close()
  })
})
