import { isUtf8 } from 'node:buffer'

/** S3's limit, in bytes of UTF-8 (https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html). */
export const MAX_KEY_BYTES = 1_024

export type KeyProblemCode =
  | 'LAGOON_MANIFEST_KEY_NULL'
  | 'LAGOON_MANIFEST_KEY_EMPTY'
  | 'LAGOON_MANIFEST_KEY_TOO_LONG'
  | 'LAGOON_MANIFEST_KEY_NOT_UTF8'
  | 'LAGOON_MANIFEST_KEY_OTHER_BUCKET'
  /** Another row names another version of the object, and nothing says which one is the latest. */
  | 'LAGOON_MANIFEST_KEY_SEVERAL_VERSIONS'
  /** The line of a key list can't be parsed, or a mark of the row's version is not understood. */
  | 'LAGOON_MANIFEST_ROW_MALFORMED'

/** Why a row has no key that could be copied. */
export interface KeyProblem {
  /** The value as far as it can be shown: bytes that are not UTF-8 as `\xNN`, long values truncated. Empty if there is none. */
  key: string
  code: KeyProblemCode
  message: string
}

/** A row without a value. */
export const NULL_KEY: KeyProblem = {
  key: '',
  code: 'LAGOON_MANIFEST_KEY_NULL',
  message: 'the row has no key (null)',
}

/**
 * What begins the URI of an object: the schemes of S3 and of Hadoop's connectors, those that the tools of other stores use for the same
 * thing, and S3's ARNs. A colon comes after two or three letters in each.
 */
const SCHEME = /^(?:(?:s3|s3a|s3n|gs|r2|b2|oss|obs|cos|tos|bos|ks3):\/\/|arn:aws[a-z-]*:s3:::)/i
const MAX_SCHEME_LENGTH = 'arn:aws-us-gov:s3:::'.length

/** Whether a value is read as the URI of an object, not as a key. */
export function isObjectUri(value: string): boolean {
  return SCHEME.test(value)
}

/**
 * Turns the value of a row into its key: byte for byte, except that a leading `s3://<bucket>/` is removed, or the same with another
 * scheme or as an ARN, in either case. `bucket` is the one the keys belong to.
 */
export class KeyRules {
  /** The bucket that the keys belong to. */
  readonly bucket: string
  readonly #maxBytes: number

  constructor(bucket: string) {
    this.bucket = bucket
    this.#maxBytes = MAX_KEY_BYTES + MAX_SCHEME_LENGTH + Buffer.byteLength(bucket) + 1
  }

  /** The key, or why there is none. `ascii`: the caller knows that the bytes are only ASCII. */
  resolve(bytes: Buffer, start: number, end: number, ascii: boolean): string | KeyProblem {
    if (start === end) return problem('LAGOON_MANIFEST_KEY_EMPTY', '', 'the key is empty')
    if (end - start > this.#maxBytes) return tooLong(bytes, start, end, end - start)
    const value = ascii ? bytes.toString('latin1', start, end) : bytes.toString('utf8', start, end)
    if (!ascii && value.includes('\ufffd') && !isUtf8(bytes.subarray(start, end))) {
      return problem('LAGOON_MANIFEST_KEY_NOT_UTF8', escape(bytes, start, end), 'the key is not UTF-8')
    }
    if (mayBeUri(bytes, start)) {
      const scheme = SCHEME.exec(value)?.[0]
      if (scheme !== undefined) return this.#resolveUri(value, scheme.length, bytes, start, end)
    }
    if (end - start > MAX_KEY_BYTES) return tooLong(bytes, start, end, end - start)
    return value
  }

  #resolveUri(
    value: string,
    schemeLength: number,
    bytes: Buffer,
    start: number,
    end: number,
  ): string | KeyProblem {
    const keyAt = schemeLength + this.bucket.length + 1
    if (value.slice(schemeLength, keyAt) !== `${this.bucket}/`) {
      const message = `the value does not name an object of bucket ${this.bucket}`
      return problem('LAGOON_MANIFEST_KEY_OTHER_BUCKET', value, message)
    }
    const length = end - start - schemeLength - Buffer.byteLength(this.bucket) - 1
    if (length === 0) {
      return problem('LAGOON_MANIFEST_KEY_EMPTY', value, 'there is no key after the bucket name')
    }
    if (length > MAX_KEY_BYTES) return tooLong(bytes, start, end, length)
    return value.slice(keyAt)
  }
}

/** The problem of a row that names another bucket beside its key. */
export function otherBucket(bucket: string, key: string): KeyProblem {
  return problem(
    'LAGOON_MANIFEST_KEY_OTHER_BUCKET',
    key,
    `the row does not name an object of bucket ${bucket}`,
  )
}

const COLON = 0x3a

/** A quick check for the colon after the scheme. */
function mayBeUri(bytes: Buffer, start: number): boolean {
  return bytes[start + 2] === COLON || bytes[start + 3] === COLON
}

function problem(code: KeyProblemCode, key: string, message: string): KeyProblem {
  return { key, code, message }
}

function tooLong(bytes: Buffer, start: number, end: number, length: number): KeyProblem {
  const shown = end - start > MAX_KEY_BYTES ? `${escape(bytes, start, start + MAX_KEY_BYTES)}…` : ''
  const message = `the key has ${length} bytes; S3 allows at most ${MAX_KEY_BYTES}`
  return problem('LAGOON_MANIFEST_KEY_TOO_LONG', shown || escape(bytes, start, end), message)
}

/** UTF-8 as it is, and every byte that is not part of it as `\xNN`. */
function escape(bytes: Buffer, start: number, end: number): string {
  if (isUtf8(bytes.subarray(start, end))) return bytes.toString('utf8', start, end)
  let text = ''
  for (let at = start; at < end;) {
    const length = sequenceLength(bytes[at]!)
    if (length > 0 && at + length <= end && isUtf8(bytes.subarray(at, at + length))) {
      text += bytes.toString('utf8', at, at + length)
      at += length
    } else {
      text += `\\x${bytes[at]!.toString(16).padStart(2, '0')}`
      at++
    }
  }
  return text
}

function sequenceLength(first: number): number {
  if (first < 0x80) return 1
  if (first >= 0xc2 && first < 0xe0) return 2
  if (first >= 0xe0 && first < 0xf0) return 3
  return first >= 0xf0 && first < 0xf5 ? 4 : 0
}
