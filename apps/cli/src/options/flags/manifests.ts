import type { Flag } from './flag.js'

/** Where keys come from. */
export const manifestFlags = {
  'manifest-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    mayBeEmpty: true,
    describe: 'Prefix of the manifests in the source bucket; empty for all of it',
    defaultText: 'manifest/',
  },
  manifest: {
    kind: 'text',
    valueName: 'MANIFEST',
    commandLineOnly: true,
    repeatable: true,
    describe: 'Read this instead: a key, s3://bucket/key, ./path, or - for stdin',
  },
  'manifest-column': {
    kind: 'text',
    valueName: 'NAME',
    describe: 'Manifest column with the object keys',
    defaultText: '`uri`, else `key`, else the only string column',
  },
  rescan: {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'List the source again instead of using and continuing the listing in --data-dir',
  },
  'all-versions': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'With --manifest: include old versions and delete markers',
  },
  'every-row': {
    kind: 'boolean',
    commandLineOnly: true,
    describe: 'Check every row for unusable keys, not only the first ones',
  },
} as const satisfies Record<string, Flag>
