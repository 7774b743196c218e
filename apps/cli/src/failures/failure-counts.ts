/** The last line of `lagoon failures --json`, after one line per failure. */
export interface FailureCounts {
  readonly type: 'failures'
  /** False if no run has used the data directory. */
  readonly exists: boolean
  /** Failures in the state, including those that the filters exclude. */
  readonly recorded: number
  readonly total: number
  readonly byClass: Readonly<Record<string, number>>
  readonly byCode: Readonly<Record<string, number>>
}
