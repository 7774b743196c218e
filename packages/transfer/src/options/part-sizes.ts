import { whole } from '../contract/check-options.js'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** When to copy an object in parts, and how large they are. */
export interface PartOptions {
  /**
   * A larger object is copied in parts. Default 16 MiB; 256 MiB for an object whose ETag is the MD5 of its bytes,
   * which a single PUT keeps. A given value applies to both, unless `singlePutBytes` is given too. 5 MiB to 5 GiB.
   */
  multipartThresholdBytes?: number
  /**
   * The same for objects whose ETag is the MD5 of their bytes. Default: `multipartThresholdBytes` if given, else 256
   * MiB. 5 MiB to 5 GiB.
   */
  singlePutBytes?: number
  /** Part size where the source's own is not kept; larger if the object needs it. Default 16 MiB; 5 MiB to 5 GiB. */
  partSizeBytes?: number
  /**
   * Whether an object that was uploaded in parts is copied in the same parts, so that its ETag stays. Default true.
   */
  keepPartBoundaries?: boolean
}

/**
 * Completes and checks the options; pure.
 *
 * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`
 */
export function resolveParts(options: PartOptions): PlanTuning {
  const { multipartThresholdBytes: threshold } = options
  const size = (name: keyof PartOptions, value: number | undefined, fallback: number) =>
    whole(name, value, fallback, 5 * MIB, 5 * GIB)
  return {
    thresholdBytes: size('multipartThresholdBytes', threshold, 16 * MIB),
    singlePutBytes: size('singlePutBytes', options.singlePutBytes, threshold ?? 256 * MIB),
    partSizeBytes: size('partSizeBytes', options.partSizeBytes, 16 * MIB),
    keepBoundaries: options.keepPartBoundaries ?? true,
  }
}

/** The caller's wishes. */
export interface PlanTuning {
  /** A larger object whose ETag proves nothing is copied in parts. */
  thresholdBytes: number
  /** A larger object whose ETag is its MD5 is copied in parts, one after the other. */
  singlePutBytes: number
  /** Size of computed parts, unless the object needs larger ones. */
  partSizeBytes: number
  /** Whether a source uploaded in parts keeps its part sizes. */
  keepBoundaries: boolean
}
