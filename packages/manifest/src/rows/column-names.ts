/** What a column beside the key says about an object. */
export type DetailName =
  | 'bucket'
  | 'size'
  | 'etag'
  | 'versionId'
  | 'destinationKey'
  | 'lastModified'
  | 'isLatest'
  | 'isDeleteMarker'
  | 'timeDeleted'

/**
 * By the name in lower case without `_`, `-` and spaces. The names of S3 Inventory, of S3's API, of Google's Storage Insights and of
 * `rclone lsjson` are among them.
 */
const DETAILS: Record<string, DetailName> = {
  bucket: 'bucket',
  bucketname: 'bucket',
  size: 'size',
  sizebytes: 'size',
  sizeinbytes: 'size',
  objectsize: 'size',
  contentlength: 'size',
  etag: 'etag',
  versionid: 'versionId',
  destinationkey: 'destinationKey',
  lastmodified: 'lastModified',
  lastmodifieddate: 'lastModified',
  modtime: 'lastModified',
  updated: 'lastModified',
  islatest: 'isLatest',
  iscurrent: 'isLatest',
  isdeletemarker: 'isDeleteMarker',
  deletemarker: 'isDeleteMarker',
  timedeleted: 'timeDeleted',
}

/** Names of key columns, in this order of precedence, in the form of {@link plainName}. */
export const KEY_NAMES = ['uri', 's3uri', 'key', 'objectkey', 's3key']

/** Names by which the key is known among these: `name` is one beside a bucket, as Google calls both. */
export function usualKeyNames(names: readonly string[]): readonly string[] {
  return names.some((name) => detailOfName(name) === 'bucket') ? [...KEY_NAMES, 'name'] : KEY_NAMES
}

/** Whether a column with that name holds keys, whatever is beside it. */
export function isKeyName(name: string): boolean {
  return KEY_NAMES.includes(plainName(name))
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
