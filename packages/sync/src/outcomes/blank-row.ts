/** What a row of the report says when no attempt was made: only its key and outcome are still to be given. */
export const BLANK_ROW = {
  code: null,
  message: null,
  bytes: null,
  etag: null,
  verification: null,
  attempts: 0,
  durationMs: null,
} as const
