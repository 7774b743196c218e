import type { Flag } from '../flag.js'

/** What S3 takes as a part: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const part = { kind: 'size', minimum: 5 * 2 ** 20, maximum: 5 * 2 ** 30 } as const

/** How an object is copied. */
export const copyFlags = {
  overwrite: {
    kind: 'choice',
    choices: ['overwrite', 'if-missing', 'if-different'],
    describe: 'What happens to an object that the destination has already',
    defaultText: 'overwrite',
  },
  verification: {
    kind: 'choice',
    choices: ['auto', 'strict'],
    describe: 'strict reads a copy back where nothing but its size would be known to agree',
    defaultText: 'auto',
  },
  'server-side-copy': {
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    describe: 'Whether the store copies by itself; auto does where both buckets are at one endpoint',
    defaultText: 'auto',
  },
  'multipart-threshold': {
    ...part,
    describe: 'Objects above it go in parts',
    defaultText: '16MiB, and 256MiB for an object whose ETag is an MD5, which one PUT keeps',
  },
  'part-size': {
    ...part,
    describe: "Size of parts where the source's own are not kept; larger if the object needs it",
    defaultText: '16MiB',
  },
  'strip-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Taken off the front of each key at the destination',
  },
  'add-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Put before each key at the destination',
  },
  'copy-tags': { kind: 'boolean', describe: 'Copy the tags of objects too' },
  'storage-class': {
    kind: 'text',
    valueName: 'CLASS',
    describe: "Storage class of the copies; keep takes the source's",
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
    describe: 'Encryption of the copies by the store',
    defaultText: "the bucket's",
  },
  'sse-kms-key-id': {
    kind: 'text',
    valueName: 'KEY',
    describe: 'Key for --sse aws:kms',
    defaultText: "the account's",
  },
  'requester-pays': { kind: 'boolean', describe: 'Say to the source that the requester pays' },
  'max-bytes-per-second': {
    kind: 'size',
    minimum: 1,
    maximum: 1e12,
    perSecond: true,
    describe: 'Cap on the bytes of objects a second, for each side: 50MB',
  },
  'max-requests-per-second': {
    kind: 'integer',
    minimum: 1,
    maximum: 1_000_000,
    describe: 'Cap on the requests a second, for each side',
  },
} as const satisfies Record<string, Flag>
