/** What of a run may change while it goes on. What is left out stays as it is. */
export interface RunLimits {
  /** Lower bound of the controller; a run with a fixed number in flight has none. */
  readonly minConcurrency?: number
  /** Upper bound of the controller; where the number in flight is fixed, that number. */
  readonly maxConcurrency?: number
  /** Cap on the bytes of objects a second, for each side; null lifts it. */
  readonly maxBytesPerSecond?: number | null
  /** Cap on the requests a second, for each side; null lifts it. */
  readonly maxRequestsPerSecond?: number | null
}

/** The levers of a run under way. After its end they move nothing. */
export interface RunControls {
  readonly paused: boolean
  /** Begins no attempt until {@link resume}; what is in flight finishes. A run that was told to stop is not held up by it. */
  pause(reason: string): void
  resume(reason: string): void
  /**
   * Changes limits.
   *
   * @throws errors with `code` and `hint` for impossible ones: AimdError, TransferError, SyncError
   */
  limit(limits: RunLimits, reason: string): void
}
