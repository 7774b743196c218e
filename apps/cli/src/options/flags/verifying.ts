import type { Flag } from '../flag.js'

/** What a verification compares. */
export const verifyFlags = {
  compare: {
    kind: 'text',
    valueName: 'LIST',
    commandLineOnly: true,
    describe: 'What to compare beside size and ETag: checksum, metadata, or both with a comma between',
    defaultText: 'size and ETag',
  },
} as const satisfies Record<string, Flag>
