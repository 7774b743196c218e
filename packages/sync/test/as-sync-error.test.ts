import { expect, it } from 'vitest'
import { asSyncError } from '../src/as-sync-error.js'
import { describeError } from '../src/ports/errors.js'
import { SyncError } from '../src/index.js'

it.each([
  ['LAGOON_STATE_LOCKED', 'locked'],
  ['LAGOON_STATE_DISK_FULL', 'disk-full'],
  ['LAGOON_STATE_COMMIT_FAILED', 'state'],
  ['LAGOON_TRANSFER_CREDENTIALS_REFUSED', 'credentials'],
  ['LAGOON_TRANSFER_BUCKET_MISSING', 'usage'],
  ['LAGOON_TRANSFER_THREAD_DIED', 'defect'],
  ['ERR_INVALID_STATE', 'defect'],
])('an error with the code %s has the reason %s', (code, reason) => {
  const error = asSyncError(Object.assign(new Error('what happened'), { code, hint: 'what to do' }))
  expect(error).toMatchObject({ code, reason, message: 'what happened', hint: 'what to do' })
})

it.each([
  [null, 'null'],
  ['no error', 'no error'],
  [new TypeError('a defect'), 'a defect'],
])('%o is an internal error', (thrown, message) => {
  expect(asSyncError(thrown, 'listing')).toMatchObject({
    code: 'LAGOON_UNEXPECTED',
    message,
    reason: 'defect',
    cause: thrown,
  })
})

it("an error with a reason keeps it, and a package's error without one gets the given reason", () => {
  const own = new SyncError('LAGOON_SYNC_INVALID_OPTION', 'm')
  expect(asSyncError(own, 'listing')).toBe(own)
  const other = Object.assign(new Error('m'), { code: 'LAGOON_TRANSFER_ACCESS_DENIED' })
  expect(asSyncError(other, 'listing').reason).toBe('listing')
})

it('a thrown value is described by code, message and hint, as far as it has them', () => {
  expect(describeError('text')).toEqual({ code: 'LAGOON_UNEXPECTED', message: 'text' })
  expect(describeError(new Error('m'))).toEqual({ code: 'LAGOON_UNEXPECTED', message: 'm' })
  const known = new SyncError('LAGOON_SYNC_INVALID_OPTION', 'm', { hint: 'h' })
  const deep = new Error('m', {
    cause: Object.assign(new TypeError('c', { cause: 'text' }), { code: 'ECONNRESET' }),
  })
  expect(describeError(deep)).toMatchObject({ causes: ['TypeError: c [ECONNRESET]', 'text'] })
  const circle = new Error('m')
  circle.cause = circle
  expect(describeError(circle)).not.toHaveProperty('causes')
  expect(describeError(known)).toEqual({ code: 'LAGOON_SYNC_INVALID_OPTION', message: 'm', hint: 'h' })
})
