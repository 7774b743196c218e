/** What a column beside the key says of an object. */
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

/** What a column of that name says, in whatever case it is written; `null` for any other name. */
export function detailOfName(name: string): DetailName | null {
  const plain = plainName(name)
  return Object.hasOwn(DETAILS, plain) ? DETAILS[plain]! : null
}

/** A name as it is compared: `Version_Id`, `versionId` and `version-id` are the same. */
export function plainName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replaceAll(/[_\- ]/g, '')
}
