import { describe, expect, it } from 'vitest'
import { fingerprintKey } from '../src/records/failures.js'
import { lastSaid, Outbox } from '../src/commit/write-buffer.js'
import { failure } from './helpers.js'

const WORDS = Uint32Array.of(1, 2, 3, 4)

function complete(outbox: Outbox): Outbox {
  outbox.complete.set(1, 2, 3, 4, 0)
  return outbox
}

function failed(outbox: Outbox, row = 1): Outbox {
  const fingerprint = fingerprintKey(WORDS)
  outbox.putFailure({ manifest: 1, record: failure(row, 'key'), run: 1, round: 1, fingerprint })
  return outbox
}

describe('the last that was said of a key', () => {
  it('is what was said since the commit under way began, or else what that commits', () => {
    const said = (active: Outbox, frozen: Outbox | null) => lastSaid({ active, frozen }, WORDS, 0)
    expect(said(new Outbox(), null)).toBeNull()
    expect(said(new Outbox(), new Outbox())).toBeNull()
    expect(said(complete(new Outbox()), null)).toBe('complete')
    expect(said(new Outbox(), complete(new Outbox()))).toBe('complete')
    expect(said(failed(new Outbox()), complete(new Outbox()))).toBe('failed')
    expect(said(new Outbox(), failed(new Outbox()))).toBe('failed')
    expect(said(complete(new Outbox()), failed(new Outbox()))).toBe('complete')
  })

  it('is no failure of a row of which something newer was said', () => {
    const active = new Outbox()
    const other = fingerprintKey(Uint32Array.of(9, 9, 9, 9))
    active.putFailure({ manifest: 1, record: failure(1, 'other'), run: 1, round: 1, fingerprint: other })
    expect(lastSaid({ active, frozen: failed(new Outbox(), 1) }, WORDS, 0)).toBeNull()
    expect(lastSaid({ active, frozen: failed(new Outbox(), 2) }, WORDS, 0)).toBe('failed')
  })
})
