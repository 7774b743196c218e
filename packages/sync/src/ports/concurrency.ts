/** The gate that enforces the limit. */
export interface Gate {
  readonly inFlight: number
  readonly limit: number
  tryAcquire(): Permit | null
  acquire(options?: { signal?: AbortSignal }): Permit | Promise<Permit>
  resize(limit: number): void
  /** True while no permit is granted. */
  readonly closed: boolean
  close(): void
  open(): void
}

export interface Permit {
  release(): void
}

/** One window of attempts, as `@lagoon/aimd` defines it. */
export interface WindowSample {
  elapsedMs: number
  succeeded: number
  failed: number
  throttled: number
  bytes: number
  latencyMs: { p50: number; p90: number } | null
  inFlight: number
}

export interface Decision {
  limit: number
  previous: number
  action: 'increase' | 'decrease' | 'hold'
  reason: string
}

/** The control law. */
export interface Controller {
  readonly limit: number
  readonly intervalMs: number
  update(sample: WindowSample): Decision
  setBounds(bounds: { readonly minConcurrency?: number; readonly maxConcurrency?: number }): void
}
