/** Time on the wall and of the processor, of this process, added up over spans. */
export class Clock {
  durationMs = 0
  cpuMs = 0
  #startedAt = 0
  #usage = process.cpuUsage()

  start(): void {
    this.#usage = process.cpuUsage()
    this.#startedAt = performance.now()
  }

  stop(): void {
    this.durationMs += performance.now() - this.#startedAt
    const { user, system } = process.cpuUsage(this.#usage)
    this.cpuMs += (user + system) / 1_000
  }

  get times(): { durationMs: number; cpuMs: number } {
    const { durationMs, cpuMs } = this
    return { durationMs, cpuMs }
  }
}
