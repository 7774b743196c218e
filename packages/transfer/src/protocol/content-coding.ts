import { constants, brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib'
import type { ResponseHeaders } from './response-headers.js'

/** Longest document or error after decompression. */
const MAX_BYTES = 16 * 1024 * 1024

/**
 * The bytes of a document or an error without the coding that a store's front end, or a proxy, gave them, such as gzip; what
 * has been cut is decompressed as far as it goes. Bytes that are not in the coding stay as they are.
 */
export function decodedBody({ 'content-encoding': coding }: ResponseHeaders, body: Uint8Array): Buffer {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (typeof coding !== 'string' || bytes.length === 0) return bytes
  const options = { maxOutputLength: MAX_BYTES, finishFlush: constants.Z_SYNC_FLUSH }
  try {
    if (/^(?:x-)?gzip$/i.test(coding)) return gunzipSync(bytes, options)
    if (/^deflate$/i.test(coding)) return inflateSync(bytes, options)
    if (/^br$/i.test(coding)) return brotliDecompressSync(bytes, { maxOutputLength: MAX_BYTES })
  } catch {
    return bytes
  }
  return bytes
}
