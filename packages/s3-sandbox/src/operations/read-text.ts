import { createHash } from 'node:crypto'
import type { S3Request } from '../request/s3-request.js'
import { utf8 } from '../s3/uri.js'
import { S3Error } from '../s3/s3-error.js'
import { declaredChecksum } from './declared-checksum.js'

const MAX_BYTES = 4 * 1024 * 1024

/**
 * A request's body as text, for the operations that take XML.
 *
 * @throws {S3Error} `MalformedXML`, `EntityTooLarge`, `BadDigest`
 */
export async function readText(request: S3Request): Promise<string> {
  const declared = declaredChecksum(request)
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.length
    if (size > MAX_BYTES) throw new S3Error('EntityTooLarge')
    declared.running?.update(chunk)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  declared.check(createHash('md5').update(bytes).digest())
  const text = utf8(bytes)
  if (text === null) throw new S3Error('MalformedXML')
  return text
}
