import type { VerifySummary } from '@lagoon/sync'

/** The result of a verification, the last line under `--json`. */
export interface VerificationReport extends VerifySummary {
  readonly type: 'verification'
  /** The different, by the code of what is wrong. */
  readonly codes: Readonly<Record<string, number>>
}
