import { decodeListed } from '../protocol/encode-key.js'
import type { XmlElement } from '../protocol/xml.js'
import { unquoteEtag } from '../protocol/etag.js'

/** An object as a listing shows it. */
export interface ListedObject {
  key: string
  /** Without quotes. */
  etag: string
  sizeBytes: number
  lastModified?: Date
}

/** A page as returned by the store. */
export interface FetchedPage {
  objects: ListedObject[]
  prefixes: string[]
  isTruncated: boolean
  /** Of ListObjectsV2; '' for none. */
  token: string
  /** Of ListObjects, version 1; '' for none. */
  nextMarker: string
  /** True for a response of version 1. */
  isV1: boolean
}

/** Reads a `ListBucketResult`; null if an entry makes no sense. */
export function readPage(document: XmlElement): FetchedPage | null {
  const decode = document.wordOf('EncodingType') === 'url' ? decodeListed : (text: string) => text
  const objects: ListedObject[] = []
  const prefixes: string[] = []
  for (const entry of document.children) {
    if (entry.name === 'Contents') {
      const object = readObject(entry, decode)
      if (object === null) return null
      objects.push(object)
    } else if (entry.name === 'CommonPrefixes')
      for (const prefix of entry.all('Prefix')) prefixes.push(decode(prefix.text))
  }
  const token = document.textOf('NextContinuationToken')
  const says = document.wordOf('IsTruncated')
  const isFull = objects.length + prefixes.length >= (document.countOf('MaxKeys') || 1000)
  return {
    objects,
    prefixes,
    // If the store does not say, a full page may not be the last one.
    isTruncated: says === '' ? token !== '' || isFull : document.isTrue('IsTruncated'),
    token,
    nextMarker: decode(document.textOf('NextMarker')),
    isV1: document.child('KeyCount') === undefined && document.child('Marker') !== undefined,
  }
}

function readObject(entry: XmlElement, decode: (text: string) => string): ListedObject | null {
  let key = ''
  let etag = ''
  let size = ''
  let modified = ''
  for (const { name, text } of entry.children) {
    if (name === 'Key') key = text
    else if (name === 'ETag') etag = text.trim()
    else if (name === 'Size') size = text.trim()
    else if (name === 'LastModified') modified = text.trim()
  }
  if (key === '' || (size !== '' && !/^\d{1,16}$/.test(size))) return null
  const object: ListedObject = {
    key: decode(key),
    etag: unquoteEtag(etag),
    sizeBytes: size === '' ? Number.NaN : Number(size),
  }
  const lastModified = new Date(modified)
  if (!Number.isNaN(lastModified.getTime())) object.lastModified = lastModified
  return object
}
