import type { Blob } from '../store/blob.js'
import { buildXml, type XmlNode } from '../xml/build-xml.js'

/** What goes back to the client. Header names in lower case. */
export interface Answer {
  status: number
  headers: Record<string, string | number>
  body: string | Uint8Array | BlobBody | null
}

/** Bytes in [start, end) of stored blobs. */
export interface BlobBody {
  blobs: readonly Blob[]
  start: number
  end: number
}

export function xmlAnswer(root: string, content: XmlNode, headers: Answer['headers'] = {}): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', ...headers },
    body: buildXml(root, content),
  }
}

export function emptyAnswer(status: number, headers: Answer['headers'] = {}): Answer {
  return { status, headers, body: null }
}

export function isBlobBody(body: Answer['body']): body is BlobBody {
  return body !== null && typeof body === 'object' && 'blobs' in body
}
