import type { Flag } from '../flag.js'

/** Where keys come from. */
export const manifestFlags = {
  'manifest-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    mayBeEmpty: true,
    describe: 'Where manifests lie in the source bucket; an empty value means the whole bucket',
    defaultText: 'manifest/',
  },
  manifest: {
    kind: 'text',
    valueName: 'MANIFEST',
    commandLineOnly: true,
    repeatable: true,
    describe:
      'Only this manifest; sync and plan take several: a key of the source bucket, s3://bucket/key, ./path, - for standard input',
  },
  'manifest-column': {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Column of the manifests that holds object keys',
    defaultText: '`uri`, else `key`, else the only string column',
  },
  'all-versions': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'With --manifest: take the old versions and delete markers of an S3 Inventory, too',
  },
  'every-row': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Look at every row for keys that cannot be used, not only at the first ones',
  },
} as const satisfies Record<string, Flag>
