/**
 * Suspects that others use the same backend: the time in the system dips although this controller did nothing.
 * Such a dip is mostly another controller's drain. Joining it empties the queue for all at once, so that each sees
 * the true base time; without that, late comers take the others' queue for the path and take too much.
 */
export class Company {
  #level = AT_FIRST
  #usualMs: number | null = null
  #usualLimit = 0
  /** Variance of the times about the usual one, relative: a machine with other work is now slower, now faster. */
  #scatter = 0.01
  /** The last dip, where it was deeper than that explains: a dip that stays is a faster backend, and no drain of others. */
  #deep: Dip | null = null
  #sinceSignMs = Infinity
  #sinceSureMs = Infinity
  #ageMs = 0

  /** Are others likely there? At first taken for possible; forgotten in about twelve minutes without a sign. */
  get likely(): boolean {
    return this.#level > THRESHOLD
  }

  /** Was there a sign of others lately? */
  get seen(): boolean {
    return this.#level > AT_FIRST
  }

  /** No sure sign of others for long, although at first there was hardly time to see one. */
  get unseen(): boolean {
    return this.#sinceSureMs > LONG_MS
  }

  /** Long without any sign of others, and was there time to see one? */
  get alone(): boolean {
    return this.#ageMs > WATCHED_MS && this.#sinceSignMs > LONG_MS
  }

  passed(elapsedMs: number): void {
    this.#sinceSignMs += elapsedMs
    this.#sinceSureMs += elapsedMs
    if (this.#deep !== null) this.#deep.agoMs += elapsedMs
    this.#ageMs += elapsedMs
    this.#level *= Math.exp(-elapsedMs / FORGET_MS)
  }

  /** Takes a measurement in steady state; true when it dipped under the usual time for no reason of ours. */
  dipped(timeMs: number, error: number, limit: number, soft: boolean): boolean {
    this.#judgeDip(timeMs, limit)
    if (Math.abs(limit / Math.max(1, this.#usualLimit) - 1) > OTHER_LIMIT) this.#usualMs = null
    if (this.#usualMs === null) this.#usualLimit = limit
    const usual = this.#usualMs
    this.#usualMs = usual === null ? timeMs : usual + 0.3 * (timeMs - usual)
    // A long queue of ours gets shorter with our limit: that is no dip.
    const ours = soft ? Math.min(1, limit / this.#usualLimit) : 1
    if (usual === null) return false
    const off = Math.log(timeMs / (usual * ours))
    const scatter = this.#scatter
    this.#scatter += LEARN * (Math.min(off * off, OUTLIER * Math.max(scatter, error * error)) - scatter)
    if (off >= -Math.max(LEAST_DIP, 3.5 * error)) return false
    if (off < -SURE * Math.sqrt(scatter))
      this.#deep ??= { betweenMs: Math.sqrt(usual * ours * timeMs), limit, agoMs: 0, believed: false }
    return true
  }

  /** Are attempts as slow again as before the dip? Then it was a drain of others. */
  #judgeDip(timeMs: number, limit: number): void {
    const dip = this.#deep
    if (dip === null || dip.agoMs < DIP_MS) return
    this.#deep = null
    if (dip.believed && timeMs > dip.betweenMs * Math.max(1, limit / dip.limit)) this.#sinceSureMs = 0
  }

  /** A dip was believed. */
  confirm(): void {
    this.#level = 1
    this.#sinceSignMs = 0
    if (this.#deep !== null) this.#deep.believed = true
  }

  /** Others gave themselves away: what we took was theirs. */
  reveal(): void {
    this.#sinceSignMs = 0
    this.#sinceSureMs = 0
  }

  /** The limit changes for an experiment: what was usual before says nothing now. */
  forgetUsual(): void {
    this.#usualMs = null
  }
}

interface Dip {
  /** Halfway between the time before and in it. */
  betweenMs: number
  limit: number
  agoMs: number
  /** Was it acted on? */
  believed: boolean
}

const AT_FIRST = 0.4
const THRESHOLD = 0.3
const FORGET_MS = 600_000
/** A change of the limit by this share makes the times before incomparable. */
const OTHER_LIMIT = 0.24
const WATCHED_MS = 600_000
const LONG_MS = 3_600_000
const LEAST_DIP = 0.06
/** A dip by so many standard deviations is no scatter. */
const SURE = 2.5
/** So long after its beginning a drain is over. */
const DIP_MS = 10_000
const LEARN = 0.05
const OUTLIER = 9
