import { resolve } from 'node:path'
import { SyncError } from '../ports/errors.js'

/** Where a given manifest is. */
export type ManifestLocation =
  | { readonly kind: 'standard input' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'object'; readonly bucket: string; readonly key: string }

/**
 * `-` is standard input; a path begins with `/`, `./` or `../`; `s3://bucket/key` is an object of any bucket at the source's endpoint;
 * everything else is a key of the source bucket (write one that begins with `/` or `.` with its bucket).
 *
 * @throws SyncError `LAGOON_SYNC_INVALID_OPTION`
 */
export function manifestLocation(text: string, sourceBucket: string): ManifestLocation {
  if (text === '-') return { kind: 'standard input' }
  if (/^\.{0,2}\//.test(text)) return { kind: 'file', path: resolve(text) }
  if (!text.startsWith('s3://')) {
    if (text !== '') return { kind: 'object', bucket: sourceBucket, key: text }
  } else {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(text) ?? []
    if (bucket !== undefined && key !== undefined) return { kind: 'object', bucket, key }
  }
  throw new SyncError('LAGOON_SYNC_INVALID_OPTION', `${JSON.stringify(text)} names no manifest`, {
    hint: 'Use a key of the source bucket, s3://bucket/key, a path that begins with ./ or /, or - for standard input.',
  })
}

/** The name of a manifest in a bucket: its key in the source bucket, with the bucket's name elsewhere. */
export function manifestName(bucket: string, key: string, sourceBucket: string): string {
  return bucket === sourceBucket ? key : `s3://${bucket}/${key}`
}
