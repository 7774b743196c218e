import { describe, expect, it } from 'vitest'
import { StateError } from '../src/index.js'
import { resolveOptions, type StateOptions } from '../src/options.js'
import type { Identity } from '../src/types.js'
import { IDENTITY } from './helpers.js'

const REQUIRED = { directory: 'data', identity: IDENTITY }

describe('options', () => {
  it('have the documented defaults', () => {
    expect(resolveOptions(REQUIRED)).toEqual({
      ...REQUIRED,
      commitIntervalMs: 500,
      commitEntries: 65_536,
      maxBufferedEntries: 131_072,
      diskFloorBytes: 134_217_728,
      chunkBytes: 4072,
      segmentChunks: 500,
      onError: expect.any(Function) as () => void,
    })
  })

  it.each<Partial<StateOptions>>([
    { directory: '' },
    { directory: undefined as unknown as string },
    { identity: undefined as unknown as Identity },
    { identity: { source: '', destination: 'b' } },
    { commitIntervalMs: 0 },
    { commitIntervalMs: 1.5 },
    { commitEntries: 0 },
    { commitEntries: 2 ** 21 },
    { commitEntries: 100, maxBufferedEntries: 99 },
    { diskFloorBytes: -1 },
    { chunkBytes: 4073 },
    { segmentChunks: 501 },
    { commitIntervalMs: Number.NaN },
  ])('that are impossible are refused: %o', (wrong) => {
    expect(() => resolveOptions({ ...REQUIRED, ...wrong })).toThrow(
      expect.objectContaining({ code: 'LAGOON_STATE_INVALID_OPTION' } satisfies Partial<StateError>),
    )
  })
})
