import type { BucketAccess } from './buckets.js'

/** Answered requests by operation, as counted by the servers. */
export type RequestCounts = Readonly<Record<string, number>>

export interface Sides<T> {
  source: T
  destination: T
}

/** Two stores to measure between, as the bench itself reaches them. */
export interface BenchStores extends Sides<BucketAccess> {
  kind: StoreKind
  /** For people and saved results: no credentials. */
  description: string
  /** The endpoints for the clients, possibly over a longer path. */
  forClients: Sides<BucketAccess>
  /** Processes of servers that the bench started, to see when they are idle. */
  pids: readonly number[]
  /** Requests answered since the start, if the servers count; else null. */
  requestCounts(): Promise<Sides<RequestCounts> | null>
  /** Makes shaped stores behave under load as requested, or as fast as they can; the latter for the bench's own requests. */
  setShaped(shaped: boolean): Promise<void>
  /** Stops what was started and removes its data. */
  close(): Promise<void>
}

export const storeKinds = ['minio', 'environment', 'sandbox'] as const
export type StoreKind = (typeof storeKinds)[number]

/** A pair without servers to count, shape or stop. */
export function barePair(
  kind: StoreKind,
  description: string,
  { source, destination }: Sides<BucketAccess>,
): BenchStores {
  return {
    kind,
    description,
    source,
    destination,
    forClients: { source, destination },
    pids: [],
    requestCounts: async () => null,
    setShaped: async () => {},
    close: async () => {},
  }
}

/** The increase from `earlier` to `later`; operations without one are omitted. */
export function countsBetween(earlier: RequestCounts, later: RequestCounts): RequestCounts {
  const moved = Object.entries(later).map(([name, count]) => [name, count - (earlier[name] ?? 0)] as const)
  return Object.fromEntries(moved.filter(([, gained]) => gained > 0))
}
