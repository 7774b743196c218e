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
  /** The first entry as the store has it, not rolled up; '' for none. */
  first: string
  isTruncated: boolean
  /** Of ListObjectsV2; '' for none. */
  token: string
  /** Of ListObjects, version 1; '' for none. */
  nextMarker: string
  /** True for a response of version 1. */
  isV1: boolean
}

/** What was asked for. */
export interface PageRequest {
  prefix: string
  delimiter?: string
}

/**
 * Reads a `ListBucketResult`. A store that ignores the delimiter has its keys rolled up here.
 *
 * @returns a text that says what is wrong with a page that contradicts itself or the request: "names …"
 */
export function readPage(document: XmlElement, request: PageRequest): FetchedPage | string {
  const decode = decoderOf(document)
  const objects: ListedObject[] = []
  const prefixes: string[] = []
  for (const entry of document.children) {
    if (entry.name === 'Contents') {
      const object = readObject(entry, decode)
      if (object === null) return 'has an entry without a key or with a wrong size'
      objects.push(object)
    } else if (entry.name === 'CommonPrefixes')
      for (const prefix of entry.all('Prefix')) prefixes.push(decode(prefix.text))
  }
  const stray = [...objects.map(({ key }) => key), ...prefixes].find((key) => !key.startsWith(request.prefix))
  if (stray !== undefined) return `names ${JSON.stringify(stray)}`
  const entries = objects.length + prefixes.length
  const counted = document.countOf('KeyCount')
  if (counted > entries) return `counts ${counted} entries and has ${entries}`
  const token = document.textOf('NextContinuationToken')
  const isTruncated = truncationOf(document, token, entries)
  if (isTruncated === undefined) return `says IsTruncated ${JSON.stringify(document.wordOf('IsTruncated'))}`
  return {
    ...rolledUp({ objects, prefixes }, request),
    first: objects[0]?.key ?? prefixes[0] ?? '',
    isTruncated,
    token,
    nextMarker: decode(document.textOf('NextMarker')),
    isV1: document.child('KeyCount') === undefined && document.child('Marker') !== undefined,
  }
}

/**
 * Whether more follows; undefined if the page says something else. If it doesn't say, or says no and names a token
 * nevertheless, a full page may not be the last one.
 */
function truncationOf(document: XmlElement, token: string, entries: number): boolean | undefined {
  const isFull = entries >= (document.countOf('MaxKeys') || 1000)
  if (document.wordOf('IsTruncated') === '') return token !== '' || isFull
  const said = document.flagOf('IsTruncated')
  return said === false ? token !== '' && isFull : said
}

/**
 * How the keys of a page are decoded. S3 writes a blank as `+`; a store that writes one as `%20` anywhere leaves a plus as it
 * is.
 */
function decoderOf(document: XmlElement): (text: string) => string {
  if (document.wordOf('EncodingType').toLowerCase() !== 'url') return (text) => text
  const isPercent = document.children.some(({ children }) =>
    children.some(({ name, text }) => (name === 'Key' || name === 'Prefix') && text.includes('%20')),
  )
  return isPercent ? (text) => decodeListed(text.replaceAll('+', '%2B')) : decodeListed
}

function rolledUp(
  { objects, prefixes }: Pick<FetchedPage, 'objects' | 'prefixes'>,
  { prefix, delimiter = '' }: PageRequest,
): Pick<FetchedPage, 'objects' | 'prefixes'> {
  if (delimiter === '') return { objects, prefixes }
  const common = new Set(prefixes)
  const others: ListedObject[] = []
  for (const object of objects) {
    const at = object.key.indexOf(delimiter, prefix.length)
    if (at < 0) others.push(object)
    else common.add(object.key.slice(0, at + delimiter.length))
  }
  return { objects: others, prefixes: [...common] }
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
