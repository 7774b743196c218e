import type { CopyResult } from '../contract/copier.js'

/** Nothing was copied because the destination already has the object. */
export function skipped(
  etag: string,
  verification: string,
  attempts: number,
): Extract<CopyResult, { ok: true }> {
  return { ok: true, skipped: true, bytes: 0, etag, verification, attempts }
}
