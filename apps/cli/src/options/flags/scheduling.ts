import type { Flag } from './flag.js'

/** What holds at which time of day. */
export const scheduleFlags = {
  schedule: {
    kind: 'text',
    valueName: 'SCHEDULE',
    describe: 'Limits by time of day: "06:00-22:00 100MB/s, 64; 22:00-06:00 unlimited"; also pause',
  },
  'schedule-time-zone': {
    kind: 'text',
    valueName: 'ZONE',
    describe: 'Time zone of --schedule, such as UTC or Europe/Berlin',
    defaultText: "the machine's",
  },
} as const satisfies Record<string, Flag>
