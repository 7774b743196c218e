/** What the process' exit code says. Scripts hold on to these numbers. */
export const exitCodes = {
  /** Every key of every manifest found is at the destination. */
  ok: 0,
  /** A defect of ours. */
  defect: 1,
  /** Usage, configuration, endpoint, credentials or bucket are wrong; nothing was copied. */
  usage: 2,
  /** The run finished, and some objects or manifests failed. */
  failures: 3,
  /** Another process holds the data directory. */
  locked: 4,
  /** Stopped by SIGINT. */
  sigint: 130,
  /** Stopped by SIGTERM. */
  sigterm: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The signals that stop a run, with the exit code that each leaves behind. */
export const signalExitCodes = { SIGINT: exitCodes.sigint, SIGTERM: exitCodes.sigterm } as const

export type StopSignal = keyof typeof signalExitCodes
