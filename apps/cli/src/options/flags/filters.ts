import type { Flag } from '../flag.js'

const size = { kind: 'size', minimum: 0, maximum: 1e15 } as const

/** Which rows of manifests are taken. */
export const filterFlags = {
  'filter-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Only rows whose key begins with this; all filters that are given must hold',
  },
  'filter-glob': {
    kind: 'text',
    valueName: 'GLOB',
    describe: 'Only rows whose whole key matches; * and ? stop at a slash, ** does not',
  },
  'filter-regex': {
    kind: 'text',
    valueName: 'REGEX',
    describe: 'Only rows whose key matches this regular expression somewhere',
  },
  'min-size': {
    ...size,
    describe: 'Only rows of at least this size, bytes or 64KiB, 5MB; the manifest needs a size column',
  },
  'max-size': {
    ...size,
    describe: 'Only rows of at most this size; the manifest needs a size column',
  },
  'modified-from': {
    kind: 'text',
    valueName: 'TIME',
    describe:
      'Only rows modified at this time or later, 2026-01-31 (UTC) or 2026-01-31T12:00:00Z; needs a column',
  },
  'modified-before': {
    kind: 'text',
    valueName: 'TIME',
    describe: 'Only rows modified before this time; needs a column last_modified',
  },
} as const satisfies Record<string, Flag>
