import { createHash } from 'node:crypto'
import { crc32, crc32c, crc64nvme, type ChecksumState } from './crc.js'

/** Names as in `x-amz-checksum-<name>`. */
export const CHECKSUM_ALGORITHMS = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const
export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number]

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(name)
}

export function startChecksum(algorithm: ChecksumAlgorithm): ChecksumState {
  switch (algorithm) {
    case 'crc32':
      return crc32()
    case 'crc32c':
      return crc32c()
    case 'crc64nvme':
      return crc64nvme()
    default:
      return hashed(algorithm)
  }
}

/** The number of bytes in a base64 checksum of this algorithm. */
export function checksumBytes(algorithm: ChecksumAlgorithm): number {
  return { crc32: 4, crc32c: 4, crc64nvme: 8, sha1: 20, sha256: 32 }[algorithm]
}

/** The composite checksum of a multipart upload: the checksum of its parts' binary checksums, with the number of parts. */
export function compositeChecksum(algorithm: ChecksumAlgorithm, parts: readonly string[]): string {
  const checksum = startChecksum(algorithm)
  for (const part of parts) checksum.update(Buffer.from(part, 'base64'))
  return `${checksum.base64()}-${parts.length}`
}

function hashed(algorithm: 'sha1' | 'sha256'): ChecksumState {
  const hash = createHash(algorithm)
  return { update: (bytes) => void hash.update(bytes), base64: () => hash.copy().digest('base64') }
}
