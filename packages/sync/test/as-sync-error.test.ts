import { expect, it } from 'vitest'
import { asSyncError } from '../src/as-sync-error.js'
import { describeError } from '../src/errors.js'
import { SyncError } from '../src/index.js'

it.each([
  ['LAGOON_STATE_LOCKED', 4],
  ['LAGOON_TRANSFER_BUCKET_MISSING', 2],
  ['LAGOON_TRANSFER_THREAD_DIED', 1],
  ['ERR_INVALID_STATE', 1],
])('an error with the code %s ends the program with %i', (code, exitCode) => {
  const error = asSyncError(Object.assign(new Error('what happened'), { code, hint: 'what to do' }))
  expect(error).toMatchObject({ code, exitCode, message: 'what happened', hint: 'what to do' })
})

it.each([
  [null, 'null'],
  ['no error', 'no error'],
  [new TypeError('a defect'), 'a defect'],
])('%o is a defect', (thrown, message) => {
  expect(asSyncError(thrown, 2)).toMatchObject({
    code: 'LAGOON_UNEXPECTED',
    message,
    exitCode: 1,
    cause: thrown,
  })
})

it('an error that has its exit code keeps it, and one of a package takes the one that is given', () => {
  const own = new SyncError('LAGOON_SYNC_INVALID_OPTION', 'm')
  expect(asSyncError(own, 4)).toBe(own)
  const other = Object.assign(new Error('m'), { code: 'LAGOON_STATE_CORRUPT' })
  expect(asSyncError(other, 1).exitCode).toBe(1)
})

it('what is thrown is described by code, message and hint, as far as it has them', () => {
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
