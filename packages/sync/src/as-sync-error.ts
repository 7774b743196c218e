import { SyncError, type StopReason } from './ports/errors.js'

/** The kind of trouble that an error of a lower package stands for, by its code. */
function reasonOf(code: string): StopReason {
  switch (code) {
    case 'LAGOON_STATE_LOCKED':
      return 'locked'
    case 'LAGOON_STATE_DISK_FULL':
      return 'disk-full'
    case 'LAGOON_STATE_CORRUPT':
    case 'LAGOON_STATE_COMMIT_FAILED':
    case 'LAGOON_STATE_UNWRITABLE':
      return 'state'
    case 'LAGOON_TRANSFER_CREDENTIALS_MISSING':
    case 'LAGOON_TRANSFER_CREDENTIALS_REFUSED':
      return 'credentials'
    case 'LAGOON_TRANSFER_THREAD_DIED':
      return 'defect'
    case 'LAGOON_JOBS_CREDENTIALS_REFUSED':
      return 'credentials'
    default:
      if (code.startsWith('LAGOON_JOBS_')) return 'queue'
      return 'usage'
  }
}

/**
 * Any error, with a reason. Errors of the packages keep their code, message and hint.
 *
 * @param otherwise the reason if the code gives none; default `usage`
 */
export function asSyncError(error: unknown, otherwise: StopReason = 'usage'): SyncError {
  if (error instanceof SyncError) return error
  const { code, hint } = (error ?? {}) as { code?: unknown; hint?: unknown }
  const known = typeof code === 'string' ? code : 'LAGOON_UNEXPECTED'
  const expected = known.startsWith('LAGOON_') && known !== 'LAGOON_UNEXPECTED'
  const reason = reasonOf(known)
  return new SyncError(known, error instanceof Error ? error.message : String(error), {
    cause: error,
    reason: !expected ? 'defect' : reason === 'usage' ? otherwise : reason,
    ...(typeof hint === 'string' ? { hint } : {}),
  })
}
