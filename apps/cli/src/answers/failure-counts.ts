/** The last line of `lagoon failures --json`, after a line for each failure. */
export interface FailureCounts {
  readonly type: 'failures'
  /** False where no run has used the data directory. */
  readonly exists: boolean
  /** Failures that the state holds, those included that were not asked for. */
  readonly recorded: number
  readonly total: number
  readonly byClass: Readonly<Record<string, number>>
  readonly byCode: Readonly<Record<string, number>>
}
