import { createHash } from 'node:crypto'
import { isDirectoryBucket } from '../s3/directory-bucket.js'
import type { ServerContext } from '../request/context.js'
import type { S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'
import type { Blob, BlobStore } from '../store/blob.js'
import { declaredChecksum, type DeclaredChecksum } from './declared-checksum.js'

interface ReceivedPayload {
  blob: Blob
  /** Hex. */
  md5: string
  checksum?: { algorithm: string; value: string }
}

/**
 * Stores a request's body and checks everything that the client declared about it: length, Content-MD5, checksum header or trailer.
 * `algorithm` requests a checksum that the client did not send.
 *
 * @throws {S3Error} `MissingContentLength`, `EntityTooLarge`, `InvalidDigest`, `BadDigest`, `InvalidRequest`, and the errors of reading the
 * body. Nothing is stored then.
 */
export async function receivePayload(
  request: S3Request,
  context: ServerContext,
  algorithm: string | null = null,
): Promise<ReceivedPayload> {
  const { maxPutBytes } = context.limits
  if (request.sizeBytes === null) throw new S3Error('MissingContentLength')
  if (request.sizeBytes > maxPutBytes) {
    throw new S3Error('EntityTooLarge', {
      fields: { ProposedSize: request.sizeBytes, MaxSizeAllowed: maxPutBytes },
    })
  }
  if (isDirectoryBucket(request.bucket) && request.headers['content-md5'] !== undefined) {
    throw new S3Error('NotImplemented', { fields: { Header: 'Content-MD5' } })
  }
  const declared = declaredChecksum(request, algorithm)
  return writeBlob(context.store.blobs, request.body, declared)
}

/** Writes bytes as a blob while computing its digests, and checks the declared ones at the end. */
export async function writeBlob(
  blobs: BlobStore,
  source: AsyncIterable<Uint8Array>,
  declared: DeclaredChecksum,
): Promise<ReceivedPayload> {
  const hash = createHash('md5')
  const writer = blobs.create()
  try {
    for await (const chunk of source) {
      hash.update(chunk)
      declared.running?.update(chunk)
      const wait = writer.write(chunk)
      if (wait !== undefined) await wait
    }
    const md5 = hash.digest()
    declared.check(md5)
    const value = declared.running?.base64()
    const blob = await writer.finish()
    return {
      blob,
      md5: md5.toString('hex'),
      ...(value === undefined ? {} : { checksum: { algorithm: declared.algorithm!, value } }),
    }
  } catch (error) {
    await writer.discard()
    throw error
  }
}
