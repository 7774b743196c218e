import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { S3_LIMITS, type DestinationLimits } from '../src/options/provider-limits.js'
import { planObject, type ObjectPlan, type PlanInput } from '../src/copy/plan.js'
import type { PlannedPart } from '../src/verify/part-digests.js'

const MIB = 1024 ** 2
const GIB = 1024 ** 3
const TIB = 1024 ** 4
const md5 = '9e107d9d372bb6826bd81d3542a419d6'

function input(change: Partial<PlanInput> = {}): PlanInput {
  return {
    sizeBytes: 1,
    etag: md5,
    etagIsDigest: true,
    limits: S3_LIMITS,
    tuning: {
      thresholdBytes: 16 * MIB,
      singlePutBytes: 256 * MIB,
      partSizeBytes: 16 * MIB,
      keepBoundaries: true,
    },
    ...change,
  }
}

function partsOf(plan: ObjectPlan): PlannedPart[] {
  if (plan.kind !== 'parts') throw new Error(`the plan is ${plan.kind}`)
  return plan.parts
}

describe('planning an object', () => {
  it('puts an object with a proven MD5 in one piece, up to 256 MiB', () => {
    expect(planObject(input({ sizeBytes: 0 }))).toEqual({ kind: 'single' })
    expect(planObject(input({ sizeBytes: 256 * MIB }))).toEqual({ kind: 'single' })
    expect(planObject(input({ sizeBytes: 256 * MIB + 1 }))).toMatchObject({
      kind: 'parts',
      boundaries: 'in-order',
    })
  })

  it('puts an object without proof in parts above 16 MiB', () => {
    const opaque = { etagIsDigest: false }
    expect(planObject(input({ ...opaque, sizeBytes: 16 * MIB }))).toEqual({ kind: 'single' })
    const plan = planObject(input({ ...opaque, sizeBytes: 16 * MIB + 1 }))
    expect(plan).toMatchObject({ kind: 'parts', boundaries: 'computed' })
    expect(partsOf(plan)).toEqual([
      { number: 1, start: 0, end: 16 * MIB },
      { number: 2, start: 16 * MIB, end: 16 * MIB + 1 },
    ])
  })

  it('needs no order if the source reports a CRC, and one if it reports only a SHA', () => {
    const boundaries = (change: Partial<PlanInput>) => {
      const plan = planObject(input({ sizeBytes: GIB, ...change }))
      return plan.kind === 'parts' ? plan.boundaries : plan.kind
    }
    expect(boundaries({ checksums: { crc64nvme: 'x' } })).toBe('computed')
    expect(boundaries({ checksums: { crc32: 'x', sha256: 'y' } })).toBe('computed')
    expect(boundaries({ etagIsDigest: false, checksums: { sha256: 'x' } })).toBe('in-order')
    expect(boundaries({ sizeBytes: 256 * MIB, checksums: { crc64nvme: 'x' } })).toBe('single')
  })

  it('keeps the parts of the source, whatever their number and size', () => {
    const sourcePartSizes = [5 * MIB, 9 * MIB, 3]
    const plan = planObject(input({ sizeBytes: 14 * MIB + 3, etag: `${md5}-3`, sourcePartSizes }))
    expect(plan).toMatchObject({ kind: 'parts', boundaries: 'same-boundaries' })
    expect(partsOf(plan).map(({ start, end }) => end - start)).toEqual(sourcePartSizes)
    const one = planObject(input({ sizeBytes: 7, etag: `${md5}-1`, sourcePartSizes: [7] }))
    expect(one).toMatchObject({ kind: 'parts', parts: [{ number: 1, start: 0, end: 7 }] })
  })

  it('computes parts if the destination does not accept those of the source', () => {
    const equal: DestinationLimits = { ...S3_LIMITS, equalParts: true }
    const uneven = input({
      sizeBytes: 34 * MIB,
      etag: `${md5}-3`,
      sourcePartSizes: [12 * MIB, 8 * MIB, 14 * MIB],
      limits: equal,
    })
    expect(planObject(uneven)).toMatchObject({ kind: 'parts', boundaries: 'computed' })
    const thousand = { ...S3_LIMITS, maxParts: 1000 }
    const many = Array.from({ length: 1001 }, () => 5 * MIB)
    const plan = planObject(
      input({ sizeBytes: 5005 * MIB, etag: `${md5}-1001`, sourcePartSizes: many, limits: thousand }),
    )
    expect(partsOf(plan).length).toBeLessThanOrEqual(1000)
  })

  it('plans 5 TiB within 10,000 parts, and reports that more is impossible', () => {
    const plan = planObject(input({ sizeBytes: 5 * TIB, etagIsDigest: false }))
    const parts = partsOf(plan)
    expect(parts.length).toBeLessThanOrEqual(10_000)
    expect(parts.at(-1)!.end).toBe(5 * TIB)
    expect(planObject(input({ sizeBytes: 5 * TIB + 1 }))).toMatchObject({ kind: 'impossible' })
  })

  it('covers every byte once, in order, within the limits, for any size and options', () => {
    const limits = fc.constantFrom(
      S3_LIMITS,
      { ...S3_LIMITS, maxParts: 1000 },
      { ...S3_LIMITS, equalParts: true },
    )
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 0, max: GIB }), fc.integer({ min: 0, max: 5 * TIB })),
        fc.boolean(),
        limits,
        fc.integer({ min: 5, max: 5000 }),
        (sizeBytes, etagIsDigest, chosen, partMib) => {
          const plan = planObject(
            input({
              sizeBytes,
              etagIsDigest,
              limits: chosen,
              tuning: { ...input().tuning, partSizeBytes: partMib * MIB },
            }),
          )
          if (plan.kind === 'single') return
          if (plan.kind === 'impossible') {
            if (sizeBytes <= chosen.maxParts * chosen.maxPartBytes) throw new Error('it was possible')
            return
          }
          let at = 0
          for (const [index, { number, start, end }] of plan.parts.entries()) {
            if (number !== index + 1 || start !== at || end <= start || end - start > chosen.maxPartBytes)
              throw new Error(`part ${number} is wrong`)
            if (index < plan.parts.length - 1 && end - start !== plan.parts[0]!.end)
              throw new Error('parts differ')
            at = end
          }
          expect(at).toBe(sizeBytes)
          expect(plan.parts.length).toBeLessThanOrEqual(chosen.maxParts)
        },
      ),
      { numRuns: 60 },
    )
  })
})
