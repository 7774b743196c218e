import { multipartEtag } from './verify-parts.js'
import { checksumOf } from './running-checksum.js'
import { combineCrc, crcToBase64, type CrcAlgorithm } from './crc.js'
import type { Checksums } from '../protocol/stored-checksums.js'

/** Bytes from `start` up to, but not including, `end`; numbered from 1. */
export interface PlannedPart {
  number: number
  start: number
  end: number
}

/** What is computed of each part as it passes. */
export interface PartWatch {
  md5: boolean
  crcs: readonly CrcAlgorithm[]
  /** Algorithm of a checksum of each part, for a checksum of the parts' checksums; null for none. */
  checksum: string | null
}

/** A part that the destination has acknowledged, and what was computed of its bytes. */
export interface CopiedPart {
  /** Without quotes. */
  etag: string
  md5: string | null
  crcs: Partial<Record<CrcAlgorithm, bigint>>
  /** In base64. */
  checksum: string | null
}

/**
 * What was computed of each part as it passed, combined for the whole. Parts of an earlier process are not included.
 */
export class PartsDigest {
  readonly #watch: PartWatch
  readonly #parts = new Map<number, CopiedPart>()

  constructor(watch: PartWatch) {
    this.#watch = watch
  }

  add({ number }: PlannedPart, copied: CopiedPart): void {
    this.#parts.set(number, copied)
  }

  /** The ETag of an upload in these parts; null unless every part was watched. */
  etag(planned: readonly PlannedPart[]): string | null {
    return multipartEtag(planned.map(({ number }) => this.#parts.get(number)?.md5 ?? null))
  }

  /** Checksums of the whole; empty unless every part was watched. */
  checksums(planned: readonly PlannedPart[]): Checksums {
    const checksums: Checksums = {}
    if (planned.some(({ number }) => !this.#parts.has(number))) return checksums
    for (const algorithm of this.#watch.crcs) checksums[algorithm] = this.#combined(algorithm, planned)
    return checksums
  }

  /** The checksum of the parts' checksums, in base64; null unless every part was watched. */
  composite(planned: readonly PlannedPart[]): string | null {
    const checksums: Buffer[] = []
    for (const { number } of planned) {
      const checksum = this.#parts.get(number)?.checksum ?? null
      if (checksum === null) return null
      checksums.push(Buffer.from(checksum, 'base64'))
    }
    return checksumOf(this.#watch.checksum!, Buffer.concat(checksums))
  }

  #combined(algorithm: CrcAlgorithm, planned: readonly PlannedPart[]): string {
    let whole = 0n
    for (const { number, start, end } of planned)
      whole = combineCrc(algorithm, whole, this.#parts.get(number)!.crcs[algorithm]!, end - start)
    return crcToBase64(algorithm, whole)
  }
}
