import type { StoreAccess } from '../s3/sign-request.js'

/** Requests that the servers say they answered, by operation. */
export type RequestCounts = Readonly<Record<string, number>>

/** Two stores to measure between. */
export interface StorePair {
  kind: StoreKind
  /** For people and saved results: no credentials. */
  description: string
  source: StoreAccess
  destination: StoreAccess
  /** Processes of servers that the bench started, to see when they rest. */
  pids: readonly number[]
  /** Requests answered since the start, where the servers tell; else null. */
  requestCounts(): Promise<{ source: RequestCounts; destination: RequestCounts } | null>
  /** Lets shaped stores behave under load as asked, or as fast as they can; the latter for the bench's own requests. */
  setShaped(shaped: boolean): Promise<void>
  /** Stops what was started and removes its data. */
  close(): Promise<void>
}

export const storeKinds = ['minio', 'environment', 'sandbox'] as const
export type StoreKind = (typeof storeKinds)[number]

/** What `later` counted beyond `earlier`; operations that didn't move are left out. */
export function countsBetween(earlier: RequestCounts, later: RequestCounts): RequestCounts {
  const difference: Record<string, number> = {}
  for (const [operation, count] of Object.entries(later)) {
    const gained = count - (earlier[operation] ?? 0)
    if (gained > 0) difference[operation] = gained
  }
  return difference
}
