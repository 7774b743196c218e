import { describe, expect, it } from 'vitest'
import { fingerprintKey } from '../src/records/failures.js'
import { pendingOutcome, WriteBuffer } from '../src/commit/write-buffer.js'
import { failure } from './helpers.js'

const WORDS = Uint32Array.of(1, 2, 3, 4)

function complete(buffer: WriteBuffer): WriteBuffer {
  buffer.complete.set(1, 2, 3, 4, 0)
  return buffer
}

function failed(buffer: WriteBuffer, row = 1): WriteBuffer {
  const fingerprint = fingerprintKey(WORDS)
  buffer.putFailure({ manifest: 1, record: failure(row, 'key'), run: 1, round: 1, fingerprint })
  return buffer
}

describe('the latest outcome of a key', () => {
  it('is the one since the commit in progress began, or else the one being committed', () => {
    const said = (active: WriteBuffer, frozen: WriteBuffer | null) =>
      pendingOutcome({ active, frozen }, WORDS, 0)
    expect(said(new WriteBuffer(), null)).toBeNull()
    expect(said(new WriteBuffer(), new WriteBuffer())).toBeNull()
    expect(said(complete(new WriteBuffer()), null)).toBe('complete')
    expect(said(new WriteBuffer(), complete(new WriteBuffer()))).toBe('complete')
    expect(said(failed(new WriteBuffer()), complete(new WriteBuffer()))).toBe('failed')
    expect(said(new WriteBuffer(), failed(new WriteBuffer()))).toBe('failed')
    expect(said(complete(new WriteBuffer()), failed(new WriteBuffer()))).toBe('complete')
  })

  it('is not a failure of a row with a newer outcome', () => {
    const active = new WriteBuffer()
    const other = fingerprintKey(Uint32Array.of(9, 9, 9, 9))
    active.putFailure({ manifest: 1, record: failure(1, 'other'), run: 1, round: 1, fingerprint: other })
    expect(pendingOutcome({ active, frozen: failed(new WriteBuffer(), 1) }, WORDS, 0)).toBeNull()
    expect(pendingOutcome({ active, frozen: failed(new WriteBuffer(), 2) }, WORDS, 0)).toBe('failed')
  })
})
