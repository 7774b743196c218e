import type { Flag } from './flag.js'

const size = { kind: 'size', minimum: 0, maximum: 1e15 } as const

/** Which rows of manifests are taken. */
export const filterFlags = {
  'filter-prefix': {
    kind: 'text',
    valueName: 'PREFIX',
    describe: 'Only keys with this prefix; all filters must match',
  },
  'filter-glob': {
    kind: 'text',
    valueName: 'GLOB',
    describe: 'Only keys that match as a whole; * and ? stop at a slash, ** does not',
  },
  'filter-regex': {
    kind: 'text',
    valueName: 'REGEX',
    describe: 'Only keys in which this regular expression matches',
  },
  'min-size': {
    ...size,
    describe: 'Only objects of at least this size; needs a size column',
  },
  'max-size': {
    ...size,
    describe: 'Only objects of at most this size; needs a size column',
  },
  'modified-from': {
    kind: 'text',
    valueName: 'TIME',
    describe: 'Only objects modified at or after this time, 2026-01-31 or 2026-01-31T12:00:00Z',
  },
  'modified-before': {
    kind: 'text',
    valueName: 'TIME',
    describe: 'Only objects modified before this time',
  },
} as const satisfies Record<string, Flag>
