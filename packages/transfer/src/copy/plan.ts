import type { PlanTuning } from '../options/part-sizes.js'
import type { PlannedPart } from '../verify/part-digests.js'
import type { DestinationLimits } from '../options/provider-limits.js'
import type { SourceObject } from '../protocol/object-headers.js'
import { parseEtag } from '../protocol/etag.js'
import { isCrc } from '../verify/crc.js'
import { reportedAlgorithm, type Checksums } from '../protocol/stored-checksums.js'

/**
 * How to copy an object.
 *
 * - `single`: one GET, one PUT.
 * - `parts`, `same-boundaries`: the parts of the source's own upload, so that the ETags, or a checksum of the parts' checksums, can be
 *   compared before the upload is completed.
 * - `parts`, `in-order`: the source reports a hash of the whole, so the parts pass one after the other through one
 *   hash.
 * - `parts`, `computed`: nothing to compare with; equal parts.
 * - `impossible`: the destination does not accept such an object.
 */
export type ObjectPlan =
  | { kind: 'single' }
  | { kind: 'parts'; boundaries: 'same-boundaries' | 'in-order' | 'computed'; parts: PlannedPart[] }
  | { kind: 'impossible'; reason: string }

/** What a plan depends on. */
export interface PlanInput {
  sizeBytes: number
  /** Without quotes. */
  etag: string
  /** False if the ETag says nothing about the bytes. */
  etagIsDigest: boolean
  /** Checksums of the whole object that the source reports. */
  checksums?: Checksums
  /** True if the source reports a checksum of the checksums of several parts. */
  hasComposite?: boolean
  /** Sizes of the parts of the source's own upload, if known. */
  sourcePartSizes?: readonly number[]
  limits: DestinationLimits
  tuning: PlanTuning
}

/** What the next round does in another way; `{}` for the same once more. */
export interface PlanChanges {
  /** The destination took no parts with the source's boundaries. */
  readonly keepBoundaries?: false
  /** The parts cannot be obtained: one PUT is the only way. */
  readonly alwaysSinglePut?: true
  /** The destination refused to replace an object, and there is none. */
  readonly nothingThere?: true
  /** ETag that the source refused as a condition, as if the object had changed. */
  readonly refusedEtag?: string
}

/** What a plan for this object depends on. */
export function planInput(
  { sizeBytes, etag, etagIsDigest, checksums, composite }: SourceObject,
  limits: DestinationLimits,
  tuning: PlanTuning,
): PlanInput {
  const hasComposite = composite !== null && composite.parts > 1
  return { sizeBytes, etag, etagIsDigest, checksums, hasComposite, limits, tuning }
}

/** True if the plan needs the part sizes of the source's own upload. */
export function needsSourceParts({ etag, etagIsDigest, hasComposite = false, tuning }: PlanInput): boolean {
  if (!tuning.keepBoundaries) return false
  return etagIsDigest ? parseEtag(etag).kind === 'parts' : hasComposite
}

/** Decides how to copy an object; pure. */
export function planObject(input: PlanInput): ObjectPlan {
  const { sizeBytes, limits, tuning, sourcePartSizes } = input
  if (sizeBytes > limits.maxObjectBytes)
    return impossible(sizeBytes, `more than the destination's limit of ${limits.maxObjectBytes}`)
  if (sourcePartSizes !== undefined && needsSourceParts(input) && fits(sourcePartSizes, sizeBytes, limits))
    return { kind: 'parts', boundaries: 'same-boundaries', parts: toParts(sourcePartSizes) }

  const isMd5 = input.etagIsDigest && parseEtag(input.etag).kind === 'md5'
  const most = Math.min(isMd5 ? tuning.singlePutBytes : tuning.thresholdBytes, limits.maxSinglePutBytes)
  if (sizeBytes <= most || sizeBytes === 0) return { kind: 'single' }

  const partBytes = partSizeFor(sizeBytes, tuning.partSizeBytes, limits)
  if (partBytes > limits.maxPartBytes)
    return impossible(sizeBytes, `more than ${limits.maxParts} parts of ${limits.maxPartBytes} bytes`)
  return {
    kind: 'parts',
    boundaries: hashInOrder(input) === null ? 'computed' : 'in-order',
    parts: toParts(equalSizes(sizeBytes, partBytes)),
  }
}

/**
 * The hash that verifies an object copied in other part sizes than its own. A CRC that the source reports is combined
 * from those of the parts, which then need no order: null, as for a source that reports nothing. Else the MD5 that
 * its ETag is, or a SHA that is reported.
 */
export function hashInOrder({
  etag,
  etagIsDigest,
  checksums = {},
}: Pick<PlanInput, 'etag' | 'etagIsDigest' | 'checksums'>): 'md5' | 'sha256' | 'sha1' | null {
  const algorithm = reportedAlgorithm(checksums)
  if (algorithm !== null && isCrc(algorithm)) return null
  if (etagIsDigest && parseEtag(etag).kind === 'md5') return 'md5'
  return algorithm === 'sha256' || algorithm === 'sha1' ? algorithm : null
}

const MIB = 1024 * 1024

/** The requested size, or the least whole number of MiB with which the parts suffice. */
function partSizeFor(sizeBytes: number, wishedBytes: number, limits: DestinationLimits): number {
  const needed = Math.ceil(sizeBytes / limits.maxParts / MIB) * MIB
  return Math.max(wishedBytes, needed, limits.minPartBytes)
}

function equalSizes(sizeBytes: number, partBytes: number): number[] {
  const count = Math.ceil(sizeBytes / partBytes)
  return Array.from({ length: count }, (_, index) => Math.min(partBytes, sizeBytes - index * partBytes))
}

function fits(sizes: readonly number[], sizeBytes: number, limits: DestinationLimits): boolean {
  let total = 0
  for (const [index, size] of sizes.entries()) {
    const last = index === sizes.length - 1
    if (size > limits.maxPartBytes || (!last && size < limits.minPartBytes)) return false
    if (limits.equalParts && (last ? size > sizes[0]! : size !== sizes[0])) return false
    total += size
  }
  return total === sizeBytes && sizes.length > 0 && sizes.length <= limits.maxParts
}

function toParts(sizes: readonly number[]): PlannedPart[] {
  let start = 0
  return sizes.map((size, index) => ({ number: index + 1, start, end: (start += size) }))
}

function impossible(sizeBytes: number, reason: string): ObjectPlan {
  return { kind: 'impossible', reason: `${sizeBytes} bytes are ${reason}` }
}
