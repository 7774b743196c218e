import type { Flag } from './flag.js'

/** What S3 takes as a part: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const part = { kind: 'size', minimum: 5 * 2 ** 20, maximum: 5 * 2 ** 30 } as const

/** How an object is copied. */
export const copyFlags = {
  overwrite: {
    kind: 'choice',
    choices: ['overwrite', 'if-missing', 'if-different'],
    describe: 'What to do when the object exists at the destination',
    defaultText: 'overwrite',
  },
  verification: {
    kind: 'choice',
    choices: ['auto', 'strict'],
    describe: 'strict reads a copy back when only its size could be compared otherwise',
    defaultText: 'auto',
  },
  'server-side-copy': {
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    describe: 'Let the store copy; auto does when both buckets share an endpoint',
    defaultText: 'auto',
  },
  'multipart-threshold': {
    ...part,
    describe: 'Upload objects above this size in parts',
    defaultText: '16MiB; 256MiB for objects whose ETag is an MD5',
  },
  'part-size': {
    ...part,
    describe: "Part size where the source's own is not kept; larger for huge objects",
    defaultText: '16MiB',
  },
  'strip-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Remove this prefix from destination keys',
  },
  'add-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Add this prefix to destination keys',
  },
  'copy-tags': { kind: 'boolean', describe: 'Copy object tags' },
  'storage-class': {
    kind: 'text',
    valueName: 'CLASS',
    describe: "Storage class of the copies; keep uses the source's",
    defaultText: "the bucket's",
  },
  acl: {
    kind: 'choice',
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
    choices: [
      'private',
      'public-read',
      'public-read-write',
      'aws-exec-read',
      'authenticated-read',
      'bucket-owner-read',
      'bucket-owner-full-control',
    ],
    describe: 'Canned ACL of the copies',
  },
  sse: {
    kind: 'choice',
    choices: ['AES256', 'aws:kms', 'aws:kms:dsse'],
    describe: 'Server-side encryption of the copies',
    defaultText: "the bucket's",
  },
  'sse-kms-key-id': {
    kind: 'text',
    valueName: 'KEY',
    describe: 'KMS key for --sse aws:kms',
    defaultText: "the account's",
  },
  'requester-pays': { kind: 'boolean', describe: 'Accept requester-pays charges at the source' },
  'max-bytes-per-second': {
    kind: 'size',
    minimum: 1,
    maximum: 1e12,
    perSecond: true,
    describe: 'Limit bandwidth per side: 50MB, or 10GB/16 for 16 processes',
  },
  'max-requests-per-second': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    perSecond: true,
    describe: 'Limit requests per second and side',
  },
} as const satisfies Record<string, Flag>
