const MAX_TICK_MS = 1000
const MIN_TICK_MS = 10
/** Shorter than servers keep idle connections, so that a request seldom meets one that is just being closed. */
const KEEP_ALIVE_MS = 4000
/** How much sooner than the server says that it closes. */
const MARGIN_MS = 1000

/**
 * How long a connection bears silence, in ticks of one timer that all connections share: counting them costs a request nothing. A silence ends when its time
 * is up and, at most, a tick and a quarter of the time later.
 */
export class Timeouts {
  readonly tickMs: number
  readonly firstByteTicks: number
  readonly idleTicks: number

  constructor(firstByteMs: number, idleMs: number) {
    const tickMs = Math.ceil(Math.min(firstByteMs, idleMs) / 4)
    this.tickMs = Math.max(MIN_TICK_MS, Math.min(MAX_TICK_MS, tickMs))
    this.firstByteTicks = Math.ceil(firstByteMs / this.tickMs) + 1
    this.idleTicks = Math.ceil(idleMs / this.tickMs) + 1
  }

  /** Between two requests; 0 for none. */
  keepAliveTicks(serverKeepsMs: number): number {
    return Math.max(0, Math.floor(Math.min(KEEP_ALIVE_MS, serverKeepsMs - MARGIN_MS) / this.tickMs))
  }
}
