import { describe, expect, it } from 'vitest'
import { StateError } from '../src/index.js'
import { explainCommitError } from '../src/commit/commit-error.js'
import { asStateError } from '../src/errors.js'
import { temporaryDirectory } from './helpers.js'

/** A file system that never has a byte free. */
const FULL = '/proc'

function withCode(code: unknown, message = 'it failed'): Error {
  return Object.assign(new Error(message), { code })
}

/** As lmdb-js rejects: the reason is in a promise beside the error. */
function commitFailed(reason: unknown): Error {
  return Object.assign(new Error('Commit failed'), { commitError: Promise.reject(reason as Error) })
}

describe('an error of the disk or of LMDB', () => {
  it.each<[string, Error, string]>([
    ['ENOSPC', withCode('ENOSPC'), 'DISK_FULL'],
    ['EDQUOT', withCode('EDQUOT'), 'DISK_FULL'],
    ['the number of ENOSPC', withCode(28), 'DISK_FULL'],
    ['MDB_MAP_FULL', withCode(-30792), 'DISK_FULL'],
    ['a text about space alone', new Error('No space left on device'), 'DISK_FULL'],
    ['EACCES', withCode('EACCES'), 'UNWRITABLE'],
    ['EROFS', withCode('EROFS'), 'UNWRITABLE'],
    ['the number of EACCES', withCode(13), 'UNWRITABLE'],
    ['a text about permission alone', new Error('Permission denied'), 'UNWRITABLE'],
    ['MDB_CORRUPTED', withCode(-30796), 'CORRUPT'],
    ['MDB_BAD_TXN', withCode(-30782), 'CORRUPT'],
    ['MDB_CURSOR_FULL', withCode(-30787), 'CORRUPT'],
    ['a text about corruption alone', new Error('MDB_CORRUPTED: located page was wrong type'), 'CORRUPT'],
    ['invalid JSON', new SyntaxError('Unexpected end of JSON input'), 'CORRUPT'],
    ['anything else', withCode('EIO', 'i/o error'), 'COMMIT_FAILED'],
  ])('that is %s is reported by a code with a hint', (_, error, code) => {
    const told = asStateError(error, '/data')
    expect(told).toBeInstanceOf(StateError)
    expect(told.code).toBe(`LAGOON_STATE_${code}`)
    expect(told.message).toContain('/data')
    expect(told.message).toContain(error.message)
    expect(told.hint).not.toBe('')
    expect(told.cause).toBe(error)
  })

  it('that is not an Error is reported by its text', () => {
    const told = asStateError('strange', '/data')
    expect(told).toMatchObject({ code: 'LAGOON_STATE_COMMIT_FAILED', cause: 'strange' })
    expect(told.message).toContain('strange')
  })

  it('that was already reported stays unchanged', () => {
    const told = new StateError('LAGOON_STATE_CLOSED', 'closed', 'open it')
    expect(asStateError(told, '/data')).toBe(told)
  })
})

describe('a commit that failed', () => {
  it("is reported with LMDB's separate reason", async () => {
    const reason = withCode(28, 'no room')
    const told = await explainCommitError(commitFailed(reason), temporaryDirectory())
    expect(told).toMatchObject({ code: 'LAGOON_STATE_DISK_FULL', cause: reason })
  })

  it('is reported itself without a separate reason', async () => {
    const error = withCode('EACCES')
    const told = await explainCommitError(error, temporaryDirectory())
    expect(told).toMatchObject({ code: 'LAGOON_STATE_UNWRITABLE', cause: error })
  })

  it('with an input/output error failed for lack of space if the disk is full', async ({ skip }) => {
    if (process.platform !== 'linux') skip('needs a file system without a free byte')
    const reason = withCode(5, 'Input/output error')
    const told = await explainCommitError(commitFailed(reason), FULL)
    expect(told).toMatchObject({ code: 'LAGOON_STATE_DISK_FULL', cause: reason })
    expect(told.message).toContain('a write was incomplete')
  })

  it('with an input/output error failed for that if the disk has room, or cannot be checked', async () => {
    const directory = temporaryDirectory()
    for (const at of [directory, `${directory}/gone`]) {
      const told = await explainCommitError(commitFailed(withCode(5, 'Input/output error')), at)
      expect(told.code).toBe('LAGOON_STATE_COMMIT_FAILED')
    }
  })

  it('with another error did not fail for lack of space, however full the disk', async () => {
    const told = await explainCommitError(commitFailed(withCode(-30788, 'MDB_TXN_FULL')), FULL)
    expect(told.code).toBe('LAGOON_STATE_COMMIT_FAILED')
  })
})
