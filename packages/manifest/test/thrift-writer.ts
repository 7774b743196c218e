/** A field of a struct: its id and a value, in ascending order of ids. */
export type ThriftField = [id: number, value: ThriftValue]

/** A value in the Thrift compact protocol; `i32` and `i64` are the same on the wire but for their type. */
export type ThriftValue =
  | { i32: number }
  | { i64: number | bigint }
  | { bool: boolean }
  | { text: string | Uint8Array }
  | { list: ThriftValue[]; claimedSize?: number }
  | { struct: ThriftField[] }

/** Encodes a struct, whatever it says: tests use it to lie. */
export function encodeStruct(fields: ThriftField[]): Buffer {
  const parts: Buffer[] = []
  let previous = 0
  for (const [id, value] of fields) {
    const delta = id - previous
    parts.push(
      delta > 0 && delta < 16
        ? Buffer.from([(delta << 4) | typeOf(value)])
        : Buffer.concat([Buffer.from([typeOf(value)]), zigzag(BigInt(id))]),
    )
    if (!('bool' in value)) parts.push(encodeValue(value))
    previous = id
  }
  parts.push(Buffer.from([0]))
  return Buffer.concat(parts)
}

/** An unsigned LEB128 number. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = []
  let left = BigInt.asUintN(64, BigInt(value))
  do {
    const more = left > 127n ? 0x80 : 0
    bytes.push(Number(left & 0x7fn) | more)
    left >>= 7n
  } while (left > 0n)
  return Buffer.from(bytes)
}

/** A zigzag LEB128 number. */
export function zigzag(value: number | bigint): Buffer {
  const signed = BigInt(value)
  return varint((signed << 1n) ^ (signed < 0n ? -1n : 0n))
}

function typeOf(value: ThriftValue): number {
  if ('bool' in value) return value.bool ? 1 : 2
  if ('i32' in value) return 5
  if ('i64' in value) return 6
  if ('text' in value) return 8
  return 'list' in value ? 9 : 12
}

function encodeValue(value: ThriftValue): Buffer {
  if ('bool' in value) return Buffer.from([value.bool ? 1 : 2])
  if ('i32' in value) return zigzag(value.i32)
  if ('i64' in value) return zigzag(value.i64)
  if ('struct' in value) return encodeStruct(value.struct)
  if ('text' in value) {
    const bytes = Buffer.from(value.text as string)
    return Buffer.concat([varint(bytes.length), bytes])
  }
  const size = value.claimedSize ?? value.list.length
  const type = value.list[0] ? typeOf(value.list[0]) : 12
  const header =
    size < 15 ? Buffer.from([(size << 4) | type]) : Buffer.concat([Buffer.from([0xf0 | type]), varint(size)])
  return Buffer.concat([header, ...value.list.map(encodeValue)])
}
