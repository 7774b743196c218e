import type { Flag } from './flag.js'

/** What a verification compares. */
export const verifyFlags = {
  compare: {
    kind: 'text',
    valueName: 'LIST',
    commandLineOnly: true,
    describe: 'Also compare checksum, metadata, tags, or several (comma-separated)',
    defaultText: 'size and ETag',
  },
} as const satisfies Record<string, Flag>
