/** Told of attempts and objects as they end, by plain calls. It is on the path of every object: quick, and it throws nothing. */
export interface RunObserver {
  /** An attempt ended well, at both sides. `ttfbMs`: time to the first byte of the source's answer. */
  attemptSucceeded(ttfbMs: number, bytes: number): void
  /** An attempt failed, at this side. */
  attemptFailed(side: 'source' | 'destination', kind: string): void
  /** An object has its outcome, `durationMs` after its first attempt began; waits between attempts count. */
  objectEnded(durationMs: number, outcome: 'copied' | 'skipped' | 'failed'): void
}
