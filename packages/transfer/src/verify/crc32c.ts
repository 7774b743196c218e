/** The polynomial 0x1edc6f41 (Castagnoli), its bits reversed. Source: RFC 3720, 12.1. */
export const CRC32C_POLYNOMIAL = 0x82f63b78

/** Eight tables of 256 entries, to process eight bytes per step. */
const TABLE = new Int32Array(8 * 256)

for (let byte = 0; byte < 256; byte++) {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ CRC32C_POLYNOMIAL : value >>> 1
  TABLE[byte] = value
}
for (let index = 256; index < TABLE.length; index++) {
  const before = TABLE[index - 256]!
  TABLE[index] = (before >>> 8) ^ TABLE[before & 255]!
}

/** The checksum of bytes as they pass. */
export class Crc32c {
  #value = -1

  update(bytes: Uint8Array): void {
    let value = this.#value
    const { length } = bytes
    const even = length - (length % 8)
    let at = 0
    for (; at < even; at += 8) {
      value ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)
      value =
        TABLE[1792 + (value & 255)]! ^
        TABLE[1536 + ((value >>> 8) & 255)]! ^
        TABLE[1280 + ((value >>> 16) & 255)]! ^
        TABLE[1024 + (value >>> 24)]! ^
        TABLE[768 + bytes[at + 4]!]! ^
        TABLE[512 + bytes[at + 5]!]! ^
        TABLE[256 + bytes[at + 6]!]! ^
        TABLE[bytes[at + 7]!]!
    }
    for (; at < length; at++) value = (value >>> 8) ^ TABLE[(value ^ bytes[at]!) & 255]!
    this.#value = value
  }

  value(): bigint {
    return BigInt(~this.#value >>> 0)
  }
}
