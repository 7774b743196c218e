/** What can change during a run. Omitted values stay as they are. */
export interface RunLimits {
  /** Lower bound of the controller; a run with a fixed number in flight has none. */
  readonly minConcurrency?: number
  /** Upper bound of the controller; with a fixed number in flight, that number. */
  readonly maxConcurrency?: number
  /** Cap on the bytes of objects per second and side; null removes it. */
  readonly maxBytesPerSecond?: number | null
  /** Cap on the requests per second and side; null removes it. */
  readonly maxRequestsPerSecond?: number | null
}

/** The controls of a running sync. After its end they have no effect. */
export interface RunControls {
  readonly paused: boolean
  /** Begins no attempt until {@link resume}; what is in flight finishes. It does not delay a run that is stopping. */
  pause(reason: string): void
  resume(reason: string): void
  /**
   * Changes limits.
   *
   * @throws errors with `code` and `hint` for impossible ones: AimdError, TransferError, SyncError
   */
  limit(limits: RunLimits, reason: string): void
}
