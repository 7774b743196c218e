import {
  CHECKSUM_ALGORITHMS,
  checksumBytes,
  isChecksumAlgorithm,
  startChecksum,
} from '../checksum/algorithms.js'
import type { ChecksumState } from '../checksum/crc.js'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'

/** A client's declarations about its payload, and the means to check them. */
export interface DeclaredChecksum {
  algorithm: string | null
  /** To be fed the payload; null if no checksum is needed. */
  running: ChecksumState | null
  /** To be called with the payload's MD5 at its end. @throws {S3Error} `BadDigest` */
  check(md5: Buffer): void
}

/** Nothing declared and nothing requested. */
function nothingDeclared(): DeclaredChecksum {
  return { algorithm: null, running: null, check: () => {} }
}

/** A checksum to be computed without a value to compare with. */
export function computed(algorithm: string | null): DeclaredChecksum {
  if (algorithm === null || !isChecksumAlgorithm(algorithm)) return nothingDeclared()
  return { algorithm, running: startChecksum(algorithm), check: () => {} }
}

/**
 * Reads `Content-MD5`, `x-amz-checksum-*` and the announcement of a trailing checksum. `asked` is the algorithm to use if the client sends
 * none.
 *
 * @throws {S3Error} `InvalidDigest`, `InvalidRequest`
 */
export function declaredChecksum(request: S3Request, asked: string | null = null): DeclaredChecksum {
  const md5 = contentMd5(request)
  const given = CHECKSUM_ALGORITHMS.filter((name) => header(request, `x-amz-checksum-${name}`) !== undefined)
  if (given.length > 1) {
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    })
  }
  const trailer = header(request, 'x-amz-trailer')
    ?.trim()
    .toLowerCase()
    .replace(/^x-amz-checksum-/, '')
  const algorithm = given[0] ?? trailer ?? asked
  if (algorithm !== null && !isChecksumAlgorithm(algorithm)) {
    throw new S3Error('InvalidRequest', {
      message: 'The value specified in the x-amz-trailer header is not supported',
    })
  }
  const fromHeader = given[0] === undefined ? null : header(request, `x-amz-checksum-${given[0]}`)!
  if (fromHeader !== null && Buffer.from(fromHeader, 'base64').length !== checksumBytes(given[0]!)) {
    throw new S3Error('InvalidRequest', {
      message: `Value for x-amz-checksum-${given[0]} header is invalid.`,
    })
  }
  const running = algorithm === null ? null : startChecksum(algorithm)
  const check = (actualMd5: Buffer): void => {
    if (md5 !== null && !md5.equals(actualMd5)) {
      throw new S3Error('BadDigest', {
        fields: { ExpectedDigest: md5.toString('base64'), CalculatedDigest: actualMd5.toString('base64') },
      })
    }
    const expected =
      fromHeader ?? (trailer === undefined ? null : (request.trailers.get(`x-amz-checksum-${trailer}`) ?? ''))
    if (expected !== null && running !== null && expected !== running.base64()) {
      throw new S3Error('BadDigest', {
        message: `The ${algorithm!.toUpperCase()} you specified did not match the calculated checksum.`,
      })
    }
  }
  return { algorithm, running, check }
}

function contentMd5(request: S3Request): Buffer | null {
  const text = header(request, 'content-md5')
  if (text === undefined) return null
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 16) throw new S3Error('InvalidDigest', { fields: { 'Content-MD5': text } })
  return bytes
}
