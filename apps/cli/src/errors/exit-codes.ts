import type { EndReason, SyncSummary } from '@lagoon/sync'

/** The meaning of the process' exit codes. Scripts rely on these numbers. */
export const exitCodes = {
  /** Every key of every manifest found is at the destination. */
  ok: 0,
  /** An internal error of Lagoon Sync. */
  defect: 1,
  /** Wrong usage, configuration, endpoint, credentials or bucket; nothing was copied. */
  usage: 2,
  /** The run finished, but some objects or manifests failed. */
  failures: 3,
  /** Another process holds the data directory. */
  locked: 4,
  /** Stopped early: a full disk, expired credentials, a failed state, listing or queue. */
  stopped: 5,
  /** Stopped by SIGINT. */
  sigint: 130,
  /** Stopped by SIGTERM. */
  sigterm: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The signals that stop a run, with the exit code that each leaves behind. */
export const signalExitCodes = { SIGINT: exitCodes.sigint, SIGTERM: exitCodes.sigterm } as const

export type StopSignal = keyof typeof signalExitCodes

/** The code for an error that ended a command before it had figures: nothing was copied. */
export function exitCodeOfError(reason: EndReason | undefined): ExitCode {
  if (reason === 'locked') return exitCodes.locked
  return reason === 'defect' ? exitCodes.defect : exitCodes.usage
}

/** The code for a run with figures. `signal` is the one that arrived, if any did. */
export function exitCodeOfRun(
  { reason, completed }: Pick<SyncSummary, 'reason' | 'completed'>,
  signal: StopSignal | undefined,
): ExitCode {
  switch (reason) {
    case 'finished':
    case 'idle':
      return exitCodes.ok
    case 'failures':
      return exitCodes.failures
    case 'signal':
      return signalExitCodes[signal ?? 'SIGTERM']
    case 'disk-full':
    case 'listing':
    case 'queue':
      return exitCodes.stopped
    case 'credentials':
    case 'state':
    case 'store':
      // Before the first object, it is like a wrong setting: nothing was copied.
      return completed > 0 ? exitCodes.stopped : exitCodes.usage
    default:
      return exitCodeOfError(reason)
  }
}
