import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { DiskGuard } from '../src/commit/disk-guard.js'
import { temporaryDirectory } from './helpers.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const MORE_THAN_ANY_DISK = 2 ** 52

describe('watching the disk', () => {
  it('checks every five seconds', async () => {
    const guard = new DiskGuard(temporaryDirectory(), 0)
    vi.advanceTimersByTime(4999)
    expect(guard.isDue()).toBe(false)
    vi.advanceTimersByTime(1)
    expect(guard.isDue()).toBe(true)
    expect(await guard.check()).toBeNull()
    expect(guard.isDue()).toBe(false)
    vi.advanceTimersByTime(5000)
    expect(guard.isDue()).toBe(true)
  })

  it('reports once that the disk is below the floor', async () => {
    const guard = new DiskGuard(temporaryDirectory(), MORE_THAN_ANY_DISK)
    vi.advanceTimersByTime(5000)
    expect(await guard.check()).toMatchObject({ code: 'LAGOON_STATE_DISK_FULL' })
    vi.advanceTimersByTime(60_000)
    expect(guard.isDue()).toBe(false)
  })

  it('reports nothing if the disk cannot be checked, and retries', async () => {
    const guard = new DiskGuard(`${temporaryDirectory()}/gone`, MORE_THAN_ANY_DISK)
    expect(await guard.check()).toBeNull()
    vi.advanceTimersByTime(5000)
    expect(guard.isDue()).toBe(true)
  })
})
