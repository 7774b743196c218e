import type { RowFilter } from '@lagoon/manifest'
import type { CopierOptions, EndpointOptions } from '@lagoon/transfer'
import type { EventSink } from '../ports/events.js'
import type { BackoffOptions } from './backoff.js'
import type { Controller } from '../ports/concurrency.js'
import type { RowFailureClass } from '../ports/state.js'
import type { OutageOptions } from './outage.js'
import type { StoreAliases } from '../rows/job-identity.js'
import type { RunControls } from '../ports/controls.js'
import type { RunObserver } from '../ports/observer.js'
import type { Shard } from '../rows/shard.js'

/** How objects are copied, see `@lagoon/transfer`; endpoints, connections, threads and the upload ledger are set by the run. */
export type CopyOptions = Omit<
  CopierOptions,
  'source' | 'destination' | 'connections' | 'threads' | 'uploads'
>

export interface ConcurrencyOptions {
  /** Lower bound of the controller. Default: it begins at 16 and goes lower only for a store that can't serve that many. */
  readonly min?: number
  /** Upper bound of the controller, and of connections. Default 1,024. */
  readonly max?: number
  /** A fixed number in flight instead of the controller. Default none. */
  readonly fixed?: number
  /** Longest time between two adjustments, ms. Default: the law's own. */
  readonly intervalMs?: number
  /** `seed` for the law of the Python tool. Default: the law of `@lagoon/aimd`. */
  readonly preset?: 'seed'
  /**
   * Your own control law; `max` still limits connections. Cannot be combined with `min`, `fixed`, `intervalMs` or `preset`. Default:
   * that of `@lagoon/aimd`.
   */
  readonly controller?: Controller
}

/** Which objects of the source bucket are listed, and how. */
export interface ListingOptions {
  /** What their keys begin with. Default '': all of them. */
  readonly prefix?: string
  /** List again to find new and changed objects. Default false: an earlier listing in the data directory is used, and continued. */
  readonly rescan?: boolean
  /** Listings in progress at once, 1 to 256. Default 8. */
  readonly parallel?: number
}

/** Which recorded failures; all given conditions must match. */
export interface RetryFilter {
  readonly class?: RowFailureClass
  readonly code?: string
  /** Key of the manifest that names them. */
  readonly manifest?: string
}

export interface SyncOptions {
  readonly source: EndpointOptions
  readonly destination: EndpointOptions
  /** State directory. Created if missing, except by a dry run. */
  readonly dataDir: string
  /** Prefix of the manifests in the source bucket. Default `manifest/`. */
  readonly manifestPrefix?: string
  /**
   * Manifests to read instead of those under the prefix: keys of the source bucket, `s3://bucket/key` at the same endpoint, paths
   * that begin with `/`, `./` or `../`, `-` for standard input. Parquet, S3 Inventory's `manifest.json`, CSV, JSON lines, text. Default none.
   */
  readonly manifests?: readonly string[]
  /**
   * List the source bucket instead of reading manifests. The listing is kept in `<dataDir>/listing` as manifests; copying begins with the first
   * of them, and a run that resumes lists what is not listed yet. Not together with `manifests`, `watchIntervalMs`, `retry` or shards by
   * `row-group`. Default none.
   */
  readonly listing?: ListingOptions
  /** What `-` reads, once. Default `process.stdin`. */
  readonly standardInput?: AsyncIterable<Uint8Array>
  /** Column that holds the keys. Default `uri`, else `key`, else the only string column. */
  readonly manifestColumn?: string
  /**
   * Include old versions and delete markers if columns `is_latest` and `is_delete_marker` mark them. A row that names another version
   * of an object than an earlier row fails, unless it names another destination key. Default false.
   */
  readonly allVersions?: boolean
  /** Which rows to copy. Default all. */
  readonly filter?: RowFilter
  /** The part of the job that this run copies; other machines copy the others, each with its own state. Default: all of it. */
  readonly shard?: Shard
  /**
   * Names of the stores in the state's identity, instead of their endpoints, so that a store stays the same under another endpoint.
   * Default: the endpoints.
   */
  readonly aliases?: StoreAliases
  /** How objects are copied: key mapping, overwriting, storage class, parts. Default: as in `@lagoon/transfer`. */
  readonly copy?: CopyOptions
  readonly concurrency?: ConcurrencyOptions
  /**
   * Copy threads, 1 to 64, each with its own connections; 1 copies in the caller's thread. The number in flight, retries and the state
   * are the same for any number. Default: a quarter of the cores, at least 1, at most 8.
   */
  readonly threads?: number
  /** Attempts per object. Default 5, at least 1. */
  readonly maxAttempts?: number
  /** How long a store may throttle one object before it fails, ms. Default 900,000 (15 minutes). */
  readonly throttleBudgetMs?: number
  readonly outage?: OutageOptions
  readonly backoff?: BackoffOptions
  /**
   * Only retry recorded failures, all of them or those that the filter selects; no manifest is searched for or read. Cannot be combined
   * with `manifests`, `filter`, `dryRun` or `watchIntervalMs`. Default none.
   */
  readonly retry?: RetryFilter
  /** Count what would be copied and change nothing. Default false. */
  readonly dryRun?: boolean
  /**
   * Keep scanning for manifests until stopped: time from the end of one scan to the beginning of the next, ms, 1,000 to 604,800,000 (a
   * week). Cannot be combined with `dryRun` or `manifests`. Default: one scan.
   */
  readonly watchIntervalMs?: number
  /** File for one row per object; `.parquet`, `.jsonl` or `.csv`. `{run}` in it stands for the run's number. Default none. */
  readonly report?: string
  /**
   * What to do if the report has rows already: `new` refuses to begin, `append` adds to them, `replace` deletes them. Default `new`.
   */
  readonly reportMode?: 'new' | 'append' | 'replace'
  /** Begin no further key and finish what is in flight. */
  readonly drain?: AbortSignal
  /** Abort what is in flight and record nothing for it. */
  readonly abort?: AbortSignal
  readonly onEvent?: EventSink
  /**
   * Receives the controls of the run just before its `start` event: pausing, and limits that can change during the run. Default none.
   */
  readonly onControls?: (controls: RunControls) => void
  /** Called with attempts and objects as they end; costs nothing if omitted. Default none. */
  readonly observer?: RunObserver
}

export interface ResolvedOptions extends SyncOptions {
  readonly manifestPrefix: string
  readonly concurrency: Required<Pick<ConcurrencyOptions, 'max'>> & ConcurrencyOptions
  readonly threads: number
  readonly maxAttempts: number
  readonly throttleBudgetMs: number
  readonly outage: Required<OutageOptions>
  readonly dryRun: boolean
  readonly onEvent: EventSink
}
