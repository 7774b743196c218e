import { expect, it } from 'vitest'
import { asSyncError } from '../src/as-sync-error.js'

it.each([
  ['LAGOON_STATE_LOCKED', 4],
  ['LAGOON_TRANSFER_BUCKET_MISSING', 2],
  ['LAGOON_TRANSFER_THREAD_DIED', 1],
  ['ERR_INVALID_STATE', 1],
])('an error with the code %s ends the program with %i', (code, exitCode) => {
  const error = asSyncError(Object.assign(new Error('what happened'), { code, hint: 'what to do' }))
  expect(error).toMatchObject({ code, exitCode, message: 'what happened', hint: 'what to do' })
})
