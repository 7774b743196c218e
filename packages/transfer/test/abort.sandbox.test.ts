import { describe, expect, it } from 'vitest'
import type { AttemptRunner } from '../src/index.js'
import { bodyOf } from './support/objects.js'
import { sandboxPair } from './support/sandbox-pair.js'

const once: AttemptRunner = {
  run: async (attempt) => ({ ...(await attempt(undefined)), attempts: 1 }),
}

describe('aborting by signal', () => {
  it('ends jobs that wait for the source, for the destination, or have not begun', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(100_000))
    for (const [store, operation] of [
      [source, 'GetObject'],
      [destination, 'PutObject'],
    ] as const) {
      const hold = store.hold({ operation })
      const arrived = store.requests.next({ operation })
      const stop = new AbortController()
      const copier = make()
      const copies = [1, 2, 3].map(() => copier.copy({ key: 'k' }, once, stop.signal))
      await arrived
      stop.abort()
      for (const copy of copies)
        expect(await copy).toMatchObject({ ok: false, failure: { class: 'aborted', code: 'Aborted' } })
      expect(await copier.copy({ key: 'k' }, once, stop.signal)).toMatchObject({
        ok: false,
        failure: { class: 'aborted' },
      })
      hold.release()
    }
    expect(await destination.store.get('to', 'k')).toBeNull()
  })

  it('ends a stream in the middle, and the destination stores nothing', async () => {
    const { source, destination, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', bodyOf(5_000_000))
    source.faults.add({ operation: 'GetObject', action: { type: 'stall', atByte: 2_000_000 } })
    const stop = new AbortController()
    const arrived = destination.requests.next({ operation: 'PutObject' })
    const ended = destination.requests.nextEnd({ operation: 'PutObject' })
    const copy = make().copy({ key: 'k' }, once, stop.signal)
    await arrived
    stop.abort()
    expect(await copy).toMatchObject({ ok: false, failure: { class: 'aborted' } })
    expect((await ended).end).toBe('aborted')
    expect(await destination.store.get('to', 'k')).toBeNull()
  })

  it('by closing the copier fails what is in progress', async () => {
    const { source, copier: make } = await sandboxPair()
    await source.store.put('from', 'k', 'x')
    source.hold({ operation: 'GetObject' })
    const arrived = source.requests.next({ operation: 'GetObject' })
    const copier = make()
    const copy = copier.copy({ key: 'k' }, once)
    await arrived
    await copier.close()
    expect(await copy).toMatchObject({ ok: false, failure: { class: 'transient', side: 'source' } })
  })
})
