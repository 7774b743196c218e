import type { Dialect } from './dialect.js'

const respelledCharset = (given: string): string => given.replace(/;\s+charset=/i, ';charset=')

/** Differences of some stores, as far as a dialect can express them; `docs/compatibility.md` has the measurements. */
export const KNOWN_DIALECTS = {
  /** Ceph Object Gateway 16. */
  ceph: { completeEtag: 'empty', partNumbers: 'ignored', encodingType: 'percent', metadataForm: 'utf-8' },
  /** Google Cloud Storage's XML API. https://cloud.google.com/storage/docs/transcoding */
  gcs: { gzip: 'transcoded' },
  /** moto 5. */
  moto: {
    encodingType: 'percent',
    metadataForm: 'utf-8',
    xml: { roots: { CompleteMultipartUploadResult: 'CompleteMultipartUploadResponse' } },
  },
  /** An S3 bucket with object lock and a default retention. */
  objectLock: { checksums: 'required' },
  /** rclone serve s3 1.76. */
  rclone: {
    multipartEtags: 'whole',
    encodingType: 'percent',
    metadataForm: 'utf-8',
    xml: { whitespace: 'between', roots: { InitiateMultipartUploadResult: 'InitiateMultipartUpload' } },
  },
  /** S3Mock 5. */
  s3mock: {
    taggingCount: false,
    partNumbers: 'ignored',
    encodingType: 'percent',
    metadataForm: 'utf-8',
    contentType: respelledCharset,
  },
  /** S3Proxy 4 over a file system. */
  s3proxy: {
    tags: 'refused',
    folderEtags: 'writes',
    slashes: 'path',
    partNumbers: 'ignored',
    refuses: ['x-amz-request-payer'],
    encodingType: 'percent',
    metadataForm: 'utf-8',
    contentType: respelledCharset,
  },
  /** SeaweedFS 4. */
  seaweedfs: { encodingType: 'percent', slashes: 'path', metadataForm: 'utf-8' },
  /** versitygw 1 over a file system. */
  versitygw: { encodingType: 'empty', slashes: 'path', metadataForm: 'utf-8' },
} as const satisfies Readonly<Record<string, Dialect>>
