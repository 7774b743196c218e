import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteCursor } from '../src/parquet/bytes/byte-cursor.js'
import { Damage } from '../src/parquet/bytes/damage.js'
import { DeltaBinaryReader } from '../src/parquet/values/delta-binary.js'
import { unpackLz4Block, unpackLz4Hadoop } from '../src/parquet/codecs/lz4.js'
import { RleHybridReader } from '../src/parquet/values/rle-hybrid.js'
import { unpackSnappy } from '../src/parquet/codecs/snappy.js'
import { varint, zigzag } from './thrift-writer.js'

/** Bits, the least significant first. */
function packBits(values: readonly bigint[], width: number): Buffer {
  const bytes = Buffer.alloc(Math.ceil((values.length * width) / 8))
  values.forEach((value, index) => {
    for (let bit = 0; bit < width; bit++) {
      const at = index * width + bit
      if ((value >> BigInt(bit)) & 1n) bytes[at >> 3]! |= 1 << (at & 7)
    }
  })
  return bytes
}

/** Reads `count` values in portions of these sizes, over and over. */
function inPortions(count: number, portions: readonly number[], read: (take: number) => number[]): number[] {
  const values: number[] = []
  for (let turn = 0; values.length < count; turn++) {
    values.push(...read(Math.min(portions[turn % portions.length]!, count - values.length)))
  }
  return values
}

const PORTIONS = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })

test('runs of levels and indices survive a round trip, for every width and portion', () => {
  const spec = fc.integer({ min: 0, max: 32 }).chain((width) => {
    const value = fc.integer({ min: 0, max: 2 ** width - 1 })
    const repeated = fc.record({
      kind: fc.constant('repeated' as const),
      value,
      times: fc.integer({ min: 1, max: 50 }),
    })
    const packed = fc.record({
      kind: fc.constant('packed' as const),
      values: fc
        .array(value, { minLength: 1, maxLength: 5 })
        .map((few) => Array.from({ length: 16 }, (_, index) => few[index % few.length]!)),
    })
    return fc.tuple(fc.constant(width), fc.array(fc.oneof(repeated, packed), { maxLength: 8 }), PORTIONS)
  })
  fc.assert(
    fc.property(spec, ([width, runs, portions]) => {
      const expected: number[] = []
      const parts: Buffer[] = []
      for (const run of runs) {
        if (run.kind === 'repeated') {
          const bytes = packBits([BigInt(run.value)], Math.ceil(width / 8) * 8)
          parts.push(varint(run.times * 2), bytes)
          expected.push(...Array.from({ length: run.times }, () => run.value))
        } else {
          parts.push(varint((run.values.length / 8) * 2 + 1), packBits(run.values.map(BigInt), width))
          expected.push(...run.values)
        }
      }
      const reader = new RleHybridReader(new ByteCursor(Buffer.concat(parts)), width)
      const read = (take: number): number[] => {
        const into = new Uint32Array(take)
        reader.read(into, take)
        return [...into]
      }
      expect(inPortions(expected.length, portions, read)).toEqual(expected)
      expect(() => read(1)).toThrow(Damage)
    }),
  )
})

/** DELTA_BINARY_PACKED, with blocks of 128 values in 4 parts. */
function encodeDelta(values: readonly number[], bits = 64): Buffer {
  const parts = [varint(128), varint(4), varint(values.length), zigzag(values[0] ?? 0)]
  const deltas = values
    .slice(1)
    .map((value, index) => BigInt.asIntN(bits, BigInt(value) - BigInt(values[index]!)))
  for (let at = 0; at < deltas.length; at += 128) {
    const block = deltas.slice(at, at + 128)
    const least = block.reduce((a, b) => (b < a ? b : a))
    const minis = [0, 32, 64, 96].map((from) => block.slice(from, from + 32).map((delta) => delta - least))
    const widths = minis.map(
      (mini) =>
        mini
          .reduce((a, b) => (b > a ? b : a), 0n)
          .toString(2)
          .replace(/^0$/, '').length,
    )
    parts.push(zigzag(least), Buffer.from(widths))
    minis.forEach((mini, index) => {
      if (mini.length === 0) return
      const full = [...mini, ...Array.from({ length: 32 - mini.length }, () => 0n)]
      parts.push(packBits(full, widths[index]!))
    })
  }
  return Buffer.concat(parts)
}

test('delta-encoded numbers survive a round trip in any portions, and their end is found', () => {
  const number = fc.oneof(
    fc.integer({ min: 0, max: 200 }),
    fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    fc.integer({ min: -(2 ** 51), max: 2 ** 51 }),
  )
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 300 }), PORTIONS, (values, portions) => {
      const encoded = encodeDelta(values)
      const bytes = Buffer.concat([encoded, Buffer.from('next')])
      const reader = new DeltaBinaryReader(new ByteCursor(bytes))
      const read = (take: number): number[] => {
        const into = new Float64Array(take)
        reader.read(into, take)
        return [...into]
      }
      expect(inPortions(values.length, portions, read)).toEqual(values)
      expect(() => read(1)).toThrow(Damage)
      const cursor = new ByteCursor(bytes)
      new DeltaBinaryReader(cursor).skipAll()
      expect(cursor.offset).toBe(encoded.length)
    }),
  )
})

test('differences of 32-bit numbers wrap around', () => {
  const number = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
  fc.assert(
    fc.property(fc.array(number, { minLength: 1, maxLength: 300 }), (values) => {
      const into = new Int32Array(values.length)
      new DeltaBinaryReader(new ByteCursor(encodeDelta(values, 32))).read(into, values.length)
      expect([...into]).toEqual(values)
    }),
  )
})

/** Calls it, and lets no other error pass than that the bytes are damaged. */
function orDamage(unpack: () => number): void {
  try {
    unpack()
  } catch (error) {
    if (!(error instanceof Damage)) throw error
  }
}

describe('LZ4', () => {
  /** Four literals, then a match of eight that overlaps what it writes, then one literal. */
  const block = Buffer.from([0x44, ...Buffer.from('abcd'), 2, 0, 0x10, 0x7a])
  const unpacked = 'abcdcdcdcdcdz'

  test('a match may overlap what it writes', () => {
    const output = Buffer.alloc(unpacked.length)
    expect(unpackLz4Block(block, output)).toBe(unpacked.length)
    expect(output.toString()).toBe(unpacked)
  })

  test("Hadoop's framing is recognised by its sizes, and a bare block is read as one", () => {
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(unpacked.length)
    frame.writeUInt32BE(block.length, 4)
    const output = Buffer.alloc(unpacked.length * 2)
    expect(unpackLz4Hadoop(Buffer.concat([frame, block, frame, block]), output)).toBe(output.length)
    expect(output.toString()).toBe(unpacked.repeat(2))
    const bare = Buffer.alloc(unpacked.length)
    unpackLz4Hadoop(block, bare)
    expect(bare.toString()).toBe(unpacked)
  })

  test('nothing is written outside the page, whatever the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const around = Buffer.alloc(300, 7)
        orDamage(() => unpackLz4Block(bytes, around.subarray(100, 200)))
        expect(around.subarray(0, 100).every((byte) => byte === 7)).toBe(true)
        expect(around.subarray(200).every((byte) => byte === 7)).toBe(true)
      }),
    )
  })
})

describe('Snappy', () => {
  test('literals and copies with offsets of one, two and four bytes', () => {
    const copies = [0x01 | (4 << 2) | 0, 4, 0x02 | (3 << 2), 4, 0, 0x03 | (1 << 2), 2, 0, 0, 0]
    const packed = Buffer.from([18, 3 << 2, ...Buffer.from('abcd'), ...copies])
    const output = Buffer.alloc(18)
    expect(unpackSnappy(packed, output)).toBe(18)
    expect(output.toString()).toBe('abcdabcdabcdabcdcd')
  })

  test('nothing is written outside the page, whatever the input', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        const around = Buffer.alloc(300, 7)
        orDamage(() => unpackSnappy(Buffer.concat([Buffer.from([100]), bytes]), around.subarray(100, 200)))
        expect(around.subarray(0, 100).every((byte) => byte === 7)).toBe(true)
        expect(around.subarray(200).every((byte) => byte === 7)).toBe(true)
      }),
    )
  })
})
