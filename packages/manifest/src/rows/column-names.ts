/** What a column beside the key says about an object. */
export type DetailName =
  'bucket' | 'size' | 'etag' | 'versionId' | 'destinationKey' | 'lastModified' | 'isLatest' | 'isDeleteMarker'

/** By the name in lower case without `_`, `-` and spaces. The names of S3 Inventory and of S3's API are among them. */
const DETAILS: Record<string, DetailName> = {
  bucket: 'bucket',
  size: 'size',
  sizebytes: 'size',
  etag: 'etag',
  versionid: 'versionId',
  destinationkey: 'destinationKey',
  lastmodified: 'lastModified',
  lastmodifieddate: 'lastModified',
  islatest: 'isLatest',
  isdeletemarker: 'isDeleteMarker',
}

/** Names already looked up: rows of JSON repeat them. Safe to share: a name has one meaning. */
const known = new Map<string, DetailName | null>()
const MAX_KNOWN = 1_000

/** The meaning of a column with that name, in any case; `null` for any other name. */
export function detailOfName(name: string): DetailName | null {
  const before = known.get(name)
  if (before !== undefined) return before
  const plain = plainName(name)
  const detail = Object.hasOwn(DETAILS, plain) ? DETAILS[plain]! : null
  if (known.size < MAX_KNOWN) known.set(name, detail)
  return detail
}

/** A name as it is compared: `Version_Id`, `versionId` and `version-id` are equal. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[_\- ]/g, '')
}
