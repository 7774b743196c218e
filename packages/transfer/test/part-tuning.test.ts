import { expect, test } from 'vitest'
import { resolveParts } from '../src/index.js'

const MIB = 1024 ** 2

test('parts begin at 16 MiB, and at 256 MiB if a single PUT keeps the ETag', () => {
  expect(resolveParts({})).toEqual({
    thresholdBytes: 16 * MIB,
    singlePutBytes: 256 * MIB,
    partSizeBytes: 16 * MIB,
    keepBoundaries: true,
  })
})

test('a given threshold applies to every object', () => {
  expect(resolveParts({ multipartThresholdBytes: 64 * MIB })).toMatchObject({
    thresholdBytes: 64 * MIB,
    singlePutBytes: 64 * MIB,
  })
  const both = { multipartThresholdBytes: 8 * MIB, singlePutBytes: 32 * MIB }
  expect(resolveParts(both)).toMatchObject({ thresholdBytes: 8 * MIB, singlePutBytes: 32 * MIB })
})

test.each([
  { multipartThresholdBytes: 5 * MIB - 1 },
  { multipartThresholdBytes: 5 * 1024 * MIB + 1 },
  { singlePutBytes: 1.5 },
  { partSizeBytes: 0 },
])('%o is refused', (options) => {
  expect(() => resolveParts(options)).toThrow(
    expect.objectContaining({ code: 'LAGOON_TRANSFER_INVALID_OPTION' }),
  )
})
