/** What a part of the law wants: a limit, not yet rounded or clamped, and why. */
export interface Wanted {
  limit: number
  reason: string
}

/** The phases of the law; `drain` and `probe` are experiments of a few windows. */
export type Phase = 'ramp' | 'steady' | 'drain' | 'probe' | 'outage'

/** A limit and what was measured under it, to compare with another. */
export interface Mark {
  limit: number
  timeMs: number
  /** Relative standard error of the time. */
  error: number
}

/** A share as a percentage, for reasons. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
