import { SyncError, type ExitCode } from './errors.js'

/** The exit code that an error of a package below asks for, by its code. */
function exitCodeOf(code: string): ExitCode {
  if (code === 'LAGOON_STATE_LOCKED') return 4
  if (code === 'LAGOON_TRANSFER_THREAD_DIED') return 1
  return 2
}

/** Any error with an exit code. Those of the packages keep their code, message and hint. */
export function asSyncError(error: unknown, exitCode?: ExitCode): SyncError {
  if (error instanceof SyncError) return error
  const { code, hint } = (error ?? {}) as { code?: unknown; hint?: unknown }
  const known = typeof code === 'string' ? code : 'LAGOON_UNEXPECTED'
  return new SyncError(known, error instanceof Error ? error.message : String(error), {
    cause: error,
    exitCode: typeof code === 'string' && code.startsWith('LAGOON_') ? (exitCode ?? exitCodeOf(known)) : 1,
    ...(typeof hint === 'string' ? { hint } : {}),
  })
}
