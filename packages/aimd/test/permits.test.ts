import { describe, expect, it } from 'vitest'
import { createGate } from '../src/index.js'
import type { Permit } from '../src/index.js'

/** A permit that must have been there at once. */
function now(result: Permit | Promise<Permit>): Permit {
  if (result instanceof Promise) throw new Error('the permit was not free')
  return result
}

describe('a gate', () => {
  it('hands out permits at once while fewer than the limit are out', () => {
    const gate = createGate(2)
    now(gate.acquire())
    now(gate.acquire())
    expect(gate.tryAcquire()).toBeNull()
    expect([gate.inFlight, gate.waiting]).toEqual([2, 0])
  })

  it('grants waiters in the order in which they came', async () => {
    const gate = createGate(1)
    const first = now(gate.acquire())
    const order: number[] = []
    const waits = [1, 2, 3].map(async (n) => {
      const permit = await gate.acquire()
      order.push(n)
      permit.release()
    })
    first.release()
    await Promise.all(waits)
    expect(order).toEqual([1, 2, 3])
    expect(gate.inFlight).toBe(0)
  })

  it('lets nobody overtake a waiter, not even a small one that would fit', () => {
    const gate = createGate(10, { byteBudget: 100 })
    now(gate.acquire({ bytes: 60 }))
    void gate.acquire({ bytes: 60 })
    expect(gate.tryAcquire({ bytes: 1 })).toBeNull()
    expect(gate.waiting).toBe(1)
  })

  it('counts a permit given back twice once', () => {
    const gate = createGate(1)
    const permit = now(gate.acquire())
    permit.release()
    permit.release()
    expect(gate.inFlight).toBe(0)
  })

  it('gives a permit back at the end of a block that uses it', () => {
    const gate = createGate(1)
    {
      using _permit = now(gate.acquire())
      expect(gate.inFlight).toBe(1)
    }
    expect(gate.inFlight).toBe(0)
  })

  it('grants nothing while it is closed, and wakes those who waited when it opens', async () => {
    const gate = createGate(2)
    const first = now(gate.acquire())
    gate.close()
    expect(gate.tryAcquire()).toBeNull()
    let granted = 0
    const waits = [1, 2].map(async () => {
      await gate.acquire()
      granted += 1
    })
    first.release()
    gate.resize(5)
    await Promise.resolve()
    expect([granted, gate.inFlight, gate.closed]).toEqual([0, 0, true])
    gate.open()
    await Promise.all(waits)
    expect([granted, gate.inFlight, gate.closed]).toEqual([2, 2, false])
  })

  it('keeps permits out when the limit is lowered, and grants no new one until enough came back', async () => {
    const gate = createGate(3)
    const out = [now(gate.acquire()), now(gate.acquire()), now(gate.acquire())]
    const wait = gate.acquire()
    gate.resize(1)
    expect(gate.inFlight).toBe(3)
    out[0]?.release()
    out[1]?.release()
    expect(gate.waiting).toBe(1)
    out[2]?.release()
    now(await wait).release()
    expect(gate.inFlight).toBe(0)
  })

  it('wakes as many waiters as a raised limit allows', () => {
    const gate = createGate(1)
    now(gate.acquire())
    for (let n = 0; n < 5; n += 1) void gate.acquire()
    gate.resize(4)
    expect([gate.inFlight, gate.waiting]).toEqual([4, 2])
  })

  it('ends a wait by its signal with the reason of the signal, and holds nothing afterwards', async () => {
    const gate = createGate(1)
    const permit = now(gate.acquire())
    const abort = new AbortController()
    const wait = gate.acquire({ signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(wait).rejects.toThrow('enough')
    permit.release()
    expect([gate.inFlight, gate.waiting]).toEqual([0, 0])
  })

  it('refuses at once when the signal was aborted before', async () => {
    const gate = createGate(1)
    await expect(gate.acquire({ signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone')
    expect(gate.inFlight).toBe(0)
  })

  it('wakes those behind an aborted waiter that was too large to go', async () => {
    const gate = createGate(10, { byteBudget: 100 })
    now(gate.acquire({ bytes: 60 }))
    const abort = new AbortController()
    const large = gate.acquire({ bytes: 90, signal: abort.signal })
    const small = gate.acquire({ bytes: 10 })
    abort.abort(new Error('too slow'))
    await expect(large).rejects.toThrow('too slow')
    now(await small)
    expect(gate.bytesInFlight).toBe(70)
  })

  it('lets an item larger than the whole budget through when no other bytes are out', () => {
    const gate = createGate(10, { byteBudget: 100 })
    const large = now(gate.acquire({ bytes: 500 }))
    expect(gate.tryAcquire({ bytes: 1 })).toBeNull()
    large.release()
    expect(gate.tryAcquire({ bytes: 1 })).not.toBeNull()
  })

  it.each([0, -1, 1.5, Number.NaN, Infinity])('refuses a limit of %s', (value) => {
    expect(() => createGate(value)).toThrow(expect.objectContaining({ code: 'LAGOON_AIMD_INVALID_LIMIT' }))
    const gate = createGate(1)
    expect(() => gate.resize(value)).toThrow(expect.objectContaining({ code: 'LAGOON_AIMD_INVALID_LIMIT' }))
    expect(gate.limit).toBe(1)
  })

  it('refuses a negative number of bytes and an empty budget', () => {
    expect(() => createGate(1).acquire({ bytes: -1 })).toThrow(/-1 bytes/)
    expect(() => createGate(1, { byteBudget: 0 })).toThrow(/budget/)
  })
})
