import { describe, expect, it } from 'vitest'
import { S3_LIMITS, type DestinationLimits } from '../src/options/provider-limits.js'
import { hashInOrder, needsSourceParts, planObject, type PlanInput } from '../src/copy/plan.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const md5 = '9e107d9d372bb6826bd81d3542a419d6'
const tuning = {
  thresholdBytes: 16 * MIB,
  singlePutBytes: 256 * MIB,
  partSizeBytes: 16 * MIB,
  keepBoundaries: true,
}

/** An object of which the source tells nothing, unless the change says otherwise. */
function input(change: Partial<PlanInput>): PlanInput {
  return { sizeBytes: 1, etag: md5, etagIsDigest: false, limits: S3_LIMITS, tuning, ...change }
}

/** An object that the source holds in parts of these sizes. */
function inParts(sourcePartSizes: number[], change: Partial<PlanInput> = {}): PlanInput {
  const sizeBytes = sourcePartSizes.reduce((sum, size) => sum + size, 0)
  const etag = `${md5}-${sourcePartSizes.length}`
  return input({ sizeBytes, etag, etagIsDigest: true, sourcePartSizes, ...change })
}

function limits(change: Partial<DestinationLimits>): DestinationLimits {
  return { ...S3_LIMITS, ...change }
}

/** `single`, `impossible`, or where the boundaries of the parts come from. */
function kindOf(plan: PlanInput): string {
  const planned = planObject(plan)
  return planned.kind === 'parts' ? planned.boundaries : planned.kind
}

function sizesOf(plan: PlanInput): number[] {
  const planned = planObject(plan)
  return planned.kind === 'parts' ? planned.parts.map(({ start, end }) => end - start) : []
}

describe('the limits of a destination', () => {
  it('an object at the limit is planned, one byte more is impossible, and the reason has both figures', () => {
    const most = { limits: limits({ maxObjectBytes: 100 }) }
    expect(planObject(input({ sizeBytes: 100, ...most }))).toEqual({ kind: 'single' })
    expect(planObject(input({ sizeBytes: 101, ...most }))).toEqual({
      kind: 'impossible',
      reason: "101 bytes are more than the destination's limit of 100",
    })
  })

  it('an object with the most parts of the largest size is planned; one byte more reports what does not suffice', () => {
    const most = { limits: limits({ maxParts: 3, maxPartBytes: 10 * MIB }) }
    const small = { ...tuning, partSizeBytes: 5 * MIB }
    expect(sizesOf(input({ sizeBytes: 30 * MIB, tuning: small, ...most }))).toEqual([
      10 * MIB,
      10 * MIB,
      10 * MIB,
    ])
    expect(planObject(input({ sizeBytes: 30 * MIB + 1, tuning: small, ...most }))).toEqual({
      kind: 'impossible',
      reason: `${30 * MIB + 1} bytes are more than 3 parts of ${10 * MIB} bytes`,
    })
  })

  it('one piece never exceeds a single PUT, whatever the threshold', () => {
    const short = { limits: limits({ maxSinglePutBytes: 8 * MIB }) }
    expect(kindOf(input({ sizeBytes: 8 * MIB, ...short }))).toBe('single')
    expect(kindOf(input({ sizeBytes: 8 * MIB + 1, ...short }))).toBe('computed')
    expect(kindOf(input({ sizeBytes: 8 * MIB + 1, etagIsDigest: true, ...short }))).toBe('in-order')
  })

  it('an ETag in the form of an MD5 counts as one only if it is declared a digest', () => {
    expect(kindOf(input({ sizeBytes: 17 * MIB }))).toBe('computed')
    expect(kindOf(input({ sizeBytes: 17 * MIB, etagIsDigest: true }))).toBe('single')
    expect(kindOf(input({ sizeBytes: 17 * MIB, etagIsDigest: true, etag: 'opaque' }))).toBe('computed')
  })

  it('computed parts have the requested size, or the smallest possible whole number of MiB', () => {
    const few = { limits: limits({ maxParts: 4 }) }
    expect(sizesOf(input({ sizeBytes: 64 * MIB, ...few }))).toEqual(Array(4).fill(16 * MIB))
    expect(sizesOf(input({ sizeBytes: 64 * MIB + 1, ...few }))).toEqual([
      17 * MIB,
      17 * MIB,
      17 * MIB,
      13 * MIB + 1,
    ])
  })

  it('computed parts are at least as large as the destination requires', () => {
    const large = { limits: limits({ minPartBytes: 20 * MIB }) }
    expect(sizesOf(input({ sizeBytes: 50 * MIB, ...large }))).toEqual([20 * MIB, 20 * MIB, 10 * MIB])
  })
})

describe('the parts of the source', () => {
  it("are kept between the destination's smallest and largest size, and not beyond", () => {
    const kept = (sizes: number[]) => kindOf(inParts(sizes))
    expect(kept([5 * MIB, 5 * GIB, 5 * GIB])).toBe('same-boundaries')
    expect(kept([5 * MIB - 1, 32 * MIB])).toBe('computed')
    expect(kept([32 * MIB, 5 * MIB - 1, 32 * MIB])).toBe('computed')
    expect(kept([5 * MIB, 5 * GIB + 1])).toBe('computed')
    expect(kept([5 * GIB + 1, 5 * MIB])).toBe('computed')
    expect(kept([32 * MIB, 1])).toBe('same-boundaries')
  })

  it("are kept up to the destination's maximum number", () => {
    const three = { limits: limits({ maxParts: 3 }) }
    expect(kindOf(inParts(Array(3).fill(6 * MIB), three))).toBe('same-boundaries')
    expect(kindOf(inParts(Array(4).fill(6 * MIB), three))).toBe('computed')
  })

  it('are kept by a destination that requires equal parts if all but a smaller last one are equal', () => {
    const equal = { limits: limits({ equalParts: true }) }
    const kept = (sizes: number[]) => kindOf(inParts(sizes, equal))
    expect(kept([8 * MIB, 8 * MIB, 8 * MIB])).toBe('same-boundaries')
    expect(kept([8 * MIB, 8 * MIB, 3])).toBe('same-boundaries')
    expect(kept([8 * MIB, 8 * MIB, 8 * MIB + 1])).toBe('computed')
    expect(kept([8 * MIB, 7 * MIB, 8 * MIB])).toBe('computed')
    expect(kept([8 * MIB, 9 * MIB, 8 * MIB])).toBe('computed')
  })

  it('are ignored if they do not add up to the object, or are missing', () => {
    const sizes = [8 * MIB, 8 * MIB]
    expect(kindOf(inParts(sizes, { sizeBytes: 16 * MIB }))).toBe('same-boundaries')
    expect(kindOf(inParts(sizes, { sizeBytes: 16 * MIB - 1 }))).toBe('single')
    expect(kindOf(inParts(sizes, { sizeBytes: 16 * MIB + 1 }))).toBe('computed')
    expect(kindOf(inParts([], { sizeBytes: 0, etag: `${md5}-1` }))).toBe('single')
  })

  it('are computed if the source should report them and does not', () => {
    const untold = input({ sizeBytes: 17 * MIB, etag: `${md5}-2`, etagIsDigest: true })
    expect(kindOf(untold)).toBe('computed')
  })

  it('are ignored if nothing is compared by them', () => {
    const sizes = [8 * MIB, 9 * MIB]
    expect(kindOf(inParts(sizes, { etag: md5 }))).toBe('single')
    expect(kindOf(inParts(sizes, { tuning: { ...tuning, keepBoundaries: false } }))).toBe('computed')
    expect(kindOf(inParts(sizes, { etagIsDigest: false }))).toBe('computed')
    expect(kindOf(inParts(sizes, { etagIsDigest: false, hasComposite: true }))).toBe('same-boundaries')
  })
})

describe('a plan requests of the source', () => {
  it('its parts, if its ETag is made of theirs, or else if it reports a composite checksum', () => {
    const parts = { etag: `${md5}-2` }
    expect(needsSourceParts(input({ ...parts, etagIsDigest: true }))).toBe(true)
    expect(needsSourceParts(input({ etagIsDigest: true, hasComposite: true }))).toBe(false)
    expect(needsSourceParts(input({ etag: 'opaque', etagIsDigest: true }))).toBe(false)
    expect(needsSourceParts(input(parts))).toBe(false)
    expect(needsSourceParts(input({ ...parts, hasComposite: true }))).toBe(true)
    const compute = { tuning: { ...tuning, keepBoundaries: false } }
    expect(needsSourceParts(input({ ...parts, etagIsDigest: true, ...compute }))).toBe(false)
    expect(needsSourceParts(input({ hasComposite: true, ...compute }))).toBe(false)
  })

  it.each([
    ['a CRC is put together of those of the parts', { checksums: { crc32c: 'x', sha1: 'y' } }, null],
    ['a CRC needs no order even beside an MD5', { etagIsDigest: true, checksums: { crc32: 'x' } }, null],
    [
      'the MD5 goes before a SHA, which costs more',
      { etagIsDigest: true, checksums: { sha256: 'x' } },
      'md5',
    ],
    ['the MD5 serves alone', { etagIsDigest: true }, 'md5'],
    ['an ETag of parts is no hash of the whole', { etagIsDigest: true, etag: `${md5}-2` }, null],
    [
      'a SHA serves where the ETag is of parts',
      { etagIsDigest: true, etag: `${md5}-2`, checksums: { sha1: 'x' } },
      'sha1',
    ],
    ['a SHA-256 goes before a SHA-1', { checksums: { sha1: 'x', sha256: 'y' } }, 'sha256'],
    ['nothing told, nothing compared', {}, null],
    ['a checksum that is not known tells nothing', { checksums: { md5: 'x' } }, null],
  ] as const)('the hash of sequential bytes: %s', (_, change, expected) => {
    expect(hashInOrder(input(change))).toBe(expected)
  })
})
