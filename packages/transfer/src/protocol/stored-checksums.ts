import type { ResponseHeaders } from './response-headers.js'
import type { XmlElement } from './xml.js'

/** Checksums of a whole object, by lower-case algorithm (`crc64nvme`), in base64. */
export type Checksums = Record<string, string>

/** Algorithms that S3 knows, those that cost a store least first. */
export const CHECKSUM_ALGORITHMS = ['crc64nvme', 'crc32c', 'crc32', 'sha256', 'sha1'] as const

/** The first of the algorithms that is reported; null if none is. */
export function reportedAlgorithm(checksums: Checksums): string | null {
  return CHECKSUM_ALGORITHMS.find((name) => checksums[name] !== undefined) ?? null
}

const PREFIX = 'x-amz-checksum-'
/** Other elements beside checksums. */
const DESCRIPTIONS = new Set(['type', 'algorithm', 'mode'])

/**
 * Adds a header to the checksums if it is one. A checksum of parts' checksums has their number after a dash and says
 * nothing about the whole.
 */
export function addChecksumHeader(checksums: Checksums, name: string, value: string): void {
  if (!name.startsWith(PREFIX) || value === '' || value.includes('-')) return
  const algorithm = name.slice(PREFIX.length)
  if (!DESCRIPTIONS.has(algorithm)) checksums[algorithm] = value
}

/** The checksums of a whole object that a response's headers say. */
export function checksumsOfHeaders(headers: ResponseHeaders): Checksums {
  const checksums: Checksums = {}
  if (isComposite(headers[`${PREFIX}type`])) return checksums
  for (const name in headers) {
    const value = headers[name]
    if (typeof value === 'string') addChecksumHeader(checksums, name, value)
  }
  return checksums
}

/** True if a store says that its checksums are those of parts' checksums, whether it adds their number or not. */
export function isComposite(type: string | string[] | undefined): boolean {
  return typeof type === 'string' && type.toUpperCase() === 'COMPOSITE'
}

/** The same of the response to CompleteMultipartUpload or CopyObject. */
export function checksumsOfXml(document: XmlElement): Checksums {
  const checksums: Checksums = {}
  if (isComposite(document.wordOf('ChecksumType'))) return checksums
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = document.wordOf(`Checksum${algorithm.toUpperCase()}`)
    if (value !== '' && !value.includes('-')) checksums[algorithm] = value
  }
  return checksums
}

/** A checksum of the checksums of parts. */
export interface CompositeChecksum {
  algorithm: string
  /** In base64. */
  value: string
  parts: number
}

/**
 * The composite checksum in a header; null for any other header. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/tutorial-s3-mpu-additional-checksums.html
 */
export function compositeOfHeader(name: string, value: string): CompositeChecksum | null {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => name === `x-amz-checksum-${known}`)
  const [, checksum, parts] = /^([A-Za-z0-9+/=]+)-(\d+)$/.exec(value) ?? []
  return algorithm === undefined || checksum === undefined
    ? null
    : { algorithm, value: checksum, parts: Number(parts) }
}

/**
 * What the destination's checksums prove: that it stored what the source has, that it stored what was sent, that it
 * did not, or nothing.
 *
 * @param reported of the source
 * @param computed of the bytes that were sent
 */
export function compareChecksums(
  stored: Checksums,
  reported: Checksums,
  computed: Checksums,
): 'as-reported' | 'as-sent' | 'differs' | 'unknown' {
  let verdict: 'as-reported' | 'as-sent' | 'unknown' = 'unknown'
  for (const algorithm in stored) {
    const source = reported[algorithm]
    const sent = computed[algorithm]
    if (source !== undefined && source !== stored[algorithm]) return 'differs'
    if (sent !== undefined && sent !== stored[algorithm]) return 'differs'
    if (source !== undefined) verdict = 'as-reported'
    else if (sent !== undefined && verdict === 'unknown') verdict = 'as-sent'
  }
  return verdict
}
