import { adviceOn } from '@lagoon/transfer'
import { SyncError } from './ports/errors.js'
import type { AttemptFailure } from './ports/copier.js'

/** The error for a failure that every other object would share, with a hint that depends on the store's answer. */
export function storeTrouble({ side, code, message, cause }: AttemptFailure): SyncError {
  const advice = adviceOn(code)
  const reason = /_(?:CREDENTIALS_|ACCESS_DENIED)/.test(advice.code) ? 'credentials' : 'store'
  const hint = `${advice.hint} Then run the same command again.`
  return new SyncError(code, `${side}: ${message}`, { cause, reason, hint })
}

/** Codes of errors of a store that another request may be spared. */
const PASSING = new Set([
  'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
  'LAGOON_TRANSFER_NOT_S3',
  'LAGOON_TRANSFER_REQUEST_FAILED',
])

/** Whether a store that failed so may answer later. */
export function isPassing(error: unknown): boolean {
  return PASSING.has((error as { code?: string } | null)?.code ?? '')
}
