import { crc32 as zlibCrc32 } from 'node:zlib'

/** An incremental checksum. */
export interface ChecksumState {
  update(bytes: Uint8Array): void
  /** The big-endian bytes of the value so far, in base64. */
  base64(): string
}

/** CRC-32 (ISO-HDLC), as in zlib. */
export function crc32(): ChecksumState {
  let value = 0
  return {
    update: (bytes) => {
      value = zlibCrc32(bytes, value)
    },
    base64: () => bigEndian(value),
  }
}

/** CRC-32C (Castagnoli). */
export function crc32c(): ChecksumState {
  let value = 0xffffffff
  return {
    update: (bytes) => {
      for (const byte of bytes) value = CRC32C_TABLE[(value ^ byte) & 0xff]! ^ (value >>> 8)
    },
    base64: () => bigEndian(~value),
  }
}

/** CRC-64/NVME, reflected, polynomial 0xad93d23594c93659; kept as two halves because BigInt is slow. */
export function crc64nvme(): ChecksumState {
  let high = 0xffffffff
  let low = 0xffffffff
  return {
    update: (bytes) => {
      for (const byte of bytes) {
        const at = ((low ^ byte) & 0xff) * 2
        low = ((low >>> 8) | (high << 24)) ^ CRC64_TABLE[at + 1]!
        high = (high >>> 8) ^ CRC64_TABLE[at]!
      }
    },
    base64: () => bigEndian(~high, ~low),
  }
}

function bigEndian(...words: number[]): string {
  const bytes = Buffer.alloc(words.length * 4)
  words.forEach((word, index) => bytes.writeUInt32BE(word >>> 0, index * 4))
  return bytes.toString('base64')
}

const CRC32C_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
  return value
})

/** Pairs of (high, low) halves. */
const CRC64_TABLE = crc64Table(0x9a6c9329ac4bc9b5n)

function crc64Table(reflectedPolynomial: bigint): Uint32Array {
  const table = new Uint32Array(512)
  for (let byte = 0; byte < 256; byte += 1) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit += 1)
      value = value & 1n ? (value >> 1n) ^ reflectedPolynomial : value >> 1n
    table[byte * 2] = Number(value >> 32n)
    table[byte * 2 + 1] = Number(value & 0xffffffffn)
  }
  return table
}
