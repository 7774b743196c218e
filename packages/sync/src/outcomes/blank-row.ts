/** A report row without any attempt: only its key and outcome have to be added. */
export const BLANK_ROW = {
  code: null,
  message: null,
  bytes: null,
  etag: null,
  verification: null,
  attempts: 0,
  durationMs: null,
} as const
