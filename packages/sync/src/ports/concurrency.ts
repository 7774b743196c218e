import type { Decision, WindowSample } from '@lagoon/aimd'

export type { Decision, WindowSample } from '@lagoon/aimd'

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

/** The control law. */
export interface Controller {
  readonly limit: number
  readonly intervalMs: number
  update(sample: WindowSample): Decision
  setBounds(bounds: { readonly minConcurrency?: number; readonly maxConcurrency?: number }): void
}
