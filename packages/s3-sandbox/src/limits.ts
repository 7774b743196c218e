import { checkFields, flag, oneOf, wholeFrom } from './check-fields.js'

/** The limits of a store. The defaults are AWS's. */
export interface Limits {
  /** Of every part but the last; default 5 MiB. Tests may lower it. */
  minPartSizeBytes: number
  /** Of a PUT or a part; default 5 GiB. */
  maxPutBytes: number
  /** Of a server-side copy; default 5 GiB. */
  maxCopyBytes: number
  /** Parts of one upload; default 10,000. Scaleway allows 1,000. */
  maxParts: number
  /** Every part but the last must be as long as the first, as on R2; default false. */
  equalParts: boolean
  /** False refuses a conditional PUT (`If-None-Match`, `If-Match`) with 501 NotImplemented, as B2 does; default true. */
  conditionalPut: boolean
  /** False refuses an `aws-chunked` body with 501 NotImplemented, as R2 and older Ceph do; default true. */
  chunkedBodies: boolean
  /** False refuses CopyObject and UploadPartCopy with 501 NotImplemented; default true. */
  serverSideCopy: boolean
  /** False refuses GetObjectAttributes with 501 NotImplemented, as R2 does; default true. */
  objectAttributes: boolean
  /** The checksum that the store adds to objects without one, such as AWS's `crc64nvme`; default null, none. */
  defaultChecksum: 'crc64nvme' | null
}

export const DEFAULT_LIMITS: Readonly<Limits> = {
  minPartSizeBytes: 5 * 1024 * 1024,
  maxPutBytes: 5 * 1024 ** 3,
  maxCopyBytes: 5 * 1024 ** 3,
  maxParts: 10_000,
  equalParts: false,
  conditionalPut: true,
  chunkedBodies: true,
  serverSideCopy: true,
  objectAttributes: true,
  defaultChecksum: null,
}

/** Fills in the defaults. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
export function resolveLimits(limits: Partial<Limits>): Limits {
  checkFields('options.limits', limits, {
    minPartSizeBytes: wholeFrom(0),
    maxPutBytes: wholeFrom(0),
    maxCopyBytes: wholeFrom(0),
    maxParts: wholeFrom(0),
    equalParts: flag,
    conditionalPut: flag,
    chunkedBodies: flag,
    serverSideCopy: flag,
    objectAttributes: flag,
    defaultChecksum: oneOf(null, 'crc64nvme'),
  })
  return { ...DEFAULT_LIMITS, ...limits }
}
