import { crc32 } from 'node:zlib'
import { CRC32C_POLYNOMIAL, Crc32c } from './crc32c.js'
import { CRC64_POLYNOMIAL, Crc64Nvme } from './crc64-nvme.js'

/** Checksums that can be combined from those of parts. */
export type CrcAlgorithm = 'crc64nvme' | 'crc32c' | 'crc32'

/** A cyclic redundancy check of bytes as they pass. */
export interface RunningCrc {
  update(bytes: Uint8Array): void
  value(): bigint
}

interface Crc {
  start(): RunningCrc
  bits: 32n | 64n
  /** Bits reversed. */
  polynomial: bigint
}

const CRCS: Record<CrcAlgorithm, Crc> = {
  crc64nvme: { start: () => new Crc64Nvme(), bits: 64n, polynomial: CRC64_POLYNOMIAL },
  crc32c: { start: () => new Crc32c(), bits: 32n, polynomial: BigInt(CRC32C_POLYNOMIAL) },
  crc32: { start: () => new Crc32(), bits: 32n, polynomial: 0xedb88320n },
}

/** CRC-32 (ISO-HDLC), as zlib has it. */
class Crc32 {
  #value = 0

  update(bytes: Uint8Array): void {
    this.#value = crc32(bytes, this.#value)
  }

  value(): bigint {
    return BigInt(this.#value)
  }
}

export function isCrc(algorithm: string): algorithm is CrcAlgorithm {
  return Object.hasOwn(CRCS, algorithm)
}

export function startCrc(algorithm: CrcAlgorithm): RunningCrc {
  return CRCS[algorithm].start()
}

/** As S3 writes it: the bytes, the highest first, in base64. */
export function crcToBase64(algorithm: CrcAlgorithm, value: bigint): string {
  const digits = Number(CRCS[algorithm].bits) / 4
  return Buffer.from(value.toString(16).padStart(digits, '0'), 'hex').toString('base64')
}

/**
 * The checksum of bytes followed by `length` others, from the checksums of both, without the bytes; takes time
 * logarithmic in the length. Source: zlib's `crc32_combine`; the first checksum times x to the power of the bits that
 * follow, modulo the polynomial.
 */
export function combineCrc(algorithm: CrcAlgorithm, first: bigint, second: bigint, length: number): bigint {
  const crc = CRCS[algorithm]
  return multiply(crc, first, powerOfX(crc, BigInt(length) * 8n)) ^ second
}

/** Product of two polynomials, the lowest power in the highest bit. */
function multiply({ bits, polynomial }: Crc, a: bigint, b: bigint): bigint {
  let product = 0n
  let shifted = b
  for (let bit = bits - 1n; bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n
  }
  return product
}

function powerOfX(crc: Crc, exponent: bigint): bigint {
  const one = 1n << (crc.bits - 1n)
  let result = one
  let square = one >> 1n
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(crc, result, square)
    square = multiply(crc, square, square)
  }
  return result
}
