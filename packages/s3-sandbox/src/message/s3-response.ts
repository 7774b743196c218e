import type { Blob } from '../store/blob.js'
import type { XmlDocument, XmlNode } from './build-xml.js'

/** A response to the client. Header names are in lower case. */
export interface S3Response {
  status: number
  headers: Record<string, string | number>
  body: string | Uint8Array | DocumentBody | BlobBody | StreamBody | null
  /** True sends no Content-Length; a body is sent in chunks. */
  withoutLength?: boolean
}

/** A document that is written when it is sent, in the store's style. */
export interface DocumentBody {
  document: XmlDocument
}

/** Bytes in [start, end) of stored blobs, which the creator of the response has retained. */
interface BlobBody {
  blobs: readonly Blob[]
  start: number
  end: number
}

/** Bytes from elsewhere; their length is in the headers or unknown. */
interface StreamBody {
  stream: AsyncIterable<Uint8Array>
  /** Called when the response is over, whether it was sent or not. */
  dispose: () => void
}

export function xmlResponse(root: string, content: XmlNode, headers: S3Response['headers'] = {}): S3Response {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: { document: { root, content, inNamespace: true } },
  }
}

export function emptyResponse(status: number, headers: S3Response['headers'] = {}): S3Response {
  return { status, headers, body: null }
}

export function isDocumentBody(body: S3Response['body']): body is DocumentBody {
  return body !== null && typeof body === 'object' && 'document' in body
}

export function isBlobBody(body: S3Response['body']): body is BlobBody {
  return body !== null && typeof body === 'object' && 'blobs' in body
}

export function isStreamBody(body: S3Response['body']): body is StreamBody {
  return body !== null && typeof body === 'object' && 'stream' in body
}

/** Releases what a response retains. To be called once for every response, whether it was sent or not. */
export function disposeResponse({ body }: S3Response): void {
  if (isBlobBody(body)) for (const blob of body.blobs) blob.release()
  else if (isStreamBody(body)) body.dispose()
}
