import { invalid, oneOf } from '../contract/check-options.js'
import type { SourceObject } from '../protocol/object-headers.js'

/** Properties of the copies beyond those of the source object. */
export interface WrittenObjectOptions {
  /** Copies the object's tags; requests them only if the source counts any. Default false. */
  tags?: boolean
  /** Storage class of the copies; `keep` uses the source's. Default: the bucket's. */
  storageClass?: string
  /** Canned ACL of the copies, such as `bucket-owner-full-control`. Default: none sent. */
  acl?: string
  /** Server-side encryption: `AES256`, `aws:kms` or `aws:kms:dsse`. Default: the bucket's. */
  serverSideEncryption?: 'AES256' | 'aws:kms' | 'aws:kms:dsse'
  /** Key for `aws:kms` and `aws:kms:dsse`. Default: the account's. */
  kmsKeyId?: string
}

/** {@link WrittenObjectOptions} as headers. */
export interface ResolvedWrittenObject {
  tags: boolean
  keepStorageClass: boolean
  /** Flat list, the same for every copy. */
  headers: readonly string[]
}

/** @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` */
export function resolveWrittenObject(options: WrittenObjectOptions): ResolvedWrittenObject {
  const { storageClass, acl, serverSideEncryption, kmsKeyId } = options
  oneOf('serverSideEncryption', serverSideEncryption, 'AES256', ['AES256', 'aws:kms', 'aws:kms:dsse'])
  if (kmsKeyId !== undefined && !serverSideEncryption?.startsWith('aws:kms'))
    throw invalid('kmsKeyId is set without serverSideEncryption of aws:kms', 'Set both, or neither.')
  const headers: string[] = []
  const pairs = {
    'x-amz-storage-class': storageClass === 'keep' ? undefined : storageClass,
    'x-amz-acl': acl,
    'x-amz-server-side-encryption': serverSideEncryption,
    'x-amz-server-side-encryption-aws-kms-key-id': kmsKeyId,
  }
  for (const [name, value] of Object.entries(pairs)) {
    if (value === undefined) continue
    if (!/^[\u0021-\u007e]+$/.test(value))
      throw invalid(`'${value}' cannot be sent as ${name}`, 'Use visible ASCII characters.')
    headers.push(name, value)
  }
  return { tags: options.tags ?? false, keepStorageClass: storageClass === 'keep', headers }
}

/** Appends the headers for writing an object, beyond those that describe it. */
export function pushWrittenHeaders(
  { keepStorageClass, headers: fixed }: ResolvedWrittenObject,
  object: SourceObject,
  tagging: string,
  headers: string[],
): void {
  for (const text of fixed) headers.push(text)
  if (keepStorageClass && object.storageClass !== undefined)
    headers.push('x-amz-storage-class', object.storageClass)
  if (tagging !== '') headers.push('x-amz-tagging', tagging)
}
