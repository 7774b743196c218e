import { createHash } from 'node:crypto'
import { header, type S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'

const OWN = 'x-amz-server-side-encryption-customer'
const OF_COPY_SOURCE = 'x-amz-copy-source-server-side-encryption-customer'

/**
 * The MD5 of the customer-provided key (SSE-C) of a request, in base64; undefined if it has none. Only the MD5 is kept, and objects are not
 * actually encrypted.
 *
 * @throws {S3Error} `InvalidArgument`, `InvalidRequest`
 */
export function customerKeyOf(request: S3Request, source: 'own' | 'copy-source' = 'own'): string | undefined {
  const prefix = source === 'own' ? OWN : OF_COPY_SOURCE
  const algorithm = header(request, `${prefix}-algorithm`)
  const key = header(request, `${prefix}-key`)
  const md5 = header(request, `${prefix}-key-md5`)
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined
  if (algorithm !== 'AES256')
    throw invalid('The encryption algorithm specified is not supported.', algorithm ?? '')
  const bytes = Buffer.from(key ?? '', 'base64')
  if (bytes.length !== 32) throw invalid('The secret key was invalid for the specified algorithm.', algorithm)
  if (createHash('md5').update(bytes).digest('base64') !== md5)
    throw invalid('The calculated MD5 hash of the key did not match the hash that was provided.', algorithm)
  return md5
}

/**
 * Checks a read against the key that the object is encrypted with.
 *
 * @throws {S3Error} `InvalidRequest` if the object needs a key and none is given, or the reverse, `AccessDenied` for another key
 */
export function checkCustomerKey(stored: string | undefined, given: string | undefined): void {
  if (stored === given) return
  if (stored === undefined)
    throw new S3Error('InvalidRequest', {
      message: 'The encryption parameters are not applicable to this object.',
    })
  if (given === undefined)
    throw new S3Error('InvalidRequest', {
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    })
  throw new S3Error('AccessDenied')
}

/** The headers that identify the key of an object. */
export function customerKeyHeaders(customerKeyMd5: string | undefined): Record<string, string> {
  if (customerKeyMd5 === undefined) return {}
  return { [`${OWN}-algorithm`]: 'AES256', [`${OWN}-key-md5`]: customerKeyMd5 }
}

function invalid(message: string, value: string): S3Error {
  return new S3Error('InvalidArgument', {
    message,
    fields: { ArgumentName: `${OWN}-algorithm`, ArgumentValue: value },
  })
}
