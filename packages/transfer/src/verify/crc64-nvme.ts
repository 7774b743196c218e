/*
 * CRC-64/NVME, the checksum that S3 computes for every object that it receives without one. Source: NVM Express
 * Command Set Specification, "64b CRC";
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */

/** The polynomial 0xad93d23594c93659, its bits reversed. */
export const CRC64_POLYNOMIAL = 0x9a6c9329ac4bc9b5n
const ALL_ONES = 0xffffffffffffffffn

/** Eight tables of 256 entries, to process eight bytes per step; each array has one half of each 64-bit value. */
const LOW = new Int32Array(8 * 256)
const HIGH = new Int32Array(8 * 256)

for (let byte = 0; byte < 256; byte++) {
  let value = afterByte(BigInt(byte))
  for (let table = 0; table < 8; table++) {
    LOW[table * 256 + byte] = Number(BigInt.asIntN(32, value))
    HIGH[table * 256 + byte] = Number(BigInt.asIntN(32, value >> 32n))
    value = (value >> 8n) ^ afterByte(value & 0xffn)
  }
}

function afterByte(byte: bigint): bigint {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ CRC64_POLYNOMIAL : value >> 1n
  return value
}

/** The checksum of bytes as they pass. */
export class Crc64Nvme {
  #low = -1
  #high = -1

  update(bytes: Uint8Array): void {
    let low = this.#low
    let high = this.#high
    const { length } = bytes
    const even = length - (length % 8)
    let at = 0
    for (; at < even; at += 8) {
      const a = low ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24))
      const b =
        high ^ (bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24))
      const i0 = 1792 + (a & 255)
      const i1 = 1536 + ((a >>> 8) & 255)
      const i2 = 1280 + ((a >>> 16) & 255)
      const i3 = 1024 + (a >>> 24)
      const i4 = 768 + (b & 255)
      const i5 = 512 + ((b >>> 8) & 255)
      const i6 = 256 + ((b >>> 16) & 255)
      const i7 = b >>> 24
      low = LOW[i0]! ^ LOW[i1]! ^ LOW[i2]! ^ LOW[i3]! ^ LOW[i4]! ^ LOW[i5]! ^ LOW[i6]! ^ LOW[i7]!
      high = HIGH[i0]! ^ HIGH[i1]! ^ HIGH[i2]! ^ HIGH[i3]! ^ HIGH[i4]! ^ HIGH[i5]! ^ HIGH[i6]! ^ HIGH[i7]!
    }
    for (; at < length; at++) {
      const index = (low ^ bytes[at]!) & 255
      low = ((low >>> 8) | (high << 24)) ^ LOW[index]!
      high = (high >>> 8) ^ HIGH[index]!
    }
    this.#low = low
    this.#high = high
  }

  value(): bigint {
    return ((BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)) ^ ALL_ONES
  }
}
