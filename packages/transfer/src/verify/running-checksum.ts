import { createHash } from 'node:crypto'
import { crcToBase64, isCrc, startCrc } from './crc.js'

/** A checksum of bytes as they pass. */
export interface RunningChecksum {
  readonly algorithm: string
  update(bytes: Uint8Array): void
  /** As S3 writes it. */
  base64(): string
}

/** @param algorithm one of those that S3 knows, in lower case */
export function startChecksum(algorithm: string): RunningChecksum {
  if (isCrc(algorithm)) {
    const crc = startCrc(algorithm)
    return {
      algorithm,
      update: (bytes) => crc.update(bytes),
      base64: () => crcToBase64(algorithm, crc.value()),
    }
  }
  const hash = createHash(algorithm)
  return { algorithm, update: (bytes) => void hash.update(bytes), base64: () => hash.digest('base64') }
}

/** The checksum of bytes in memory. */
export function checksumOf(algorithm: string, bytes: Uint8Array): string {
  const checksum = startChecksum(algorithm)
  checksum.update(bytes)
  return checksum.base64()
}
