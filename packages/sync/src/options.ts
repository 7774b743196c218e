import type { RowFilter } from '@lagoon/manifest'
import type { CopierOptions, EndpointOptions } from '@lagoon/transfer'
import type { EventSink } from './events.js'
import type { BackoffOptions } from './copy/backoff.js'
import type { Controller } from './ports/concurrency.js'
import type { RowFailureClass } from './ports/state.js'
import type { OutageOptions } from './copy/outage.js'
import type { StoreAliases } from './rows/job-identity.js'
import type { RunControls } from './ports/controls.js'
import type { RunObserver } from './ports/observer.js'
import type { Shard } from './rows/shard.js'

/** How objects are copied, see `@lagoon/transfer`; endpoints, connections, threads and the ledger of uploads are the run's own. */
export type CopyOptions = Omit<
  CopierOptions,
  'source' | 'destination' | 'connections' | 'threads' | 'uploads'
>

export interface ConcurrencyOptions {
  /** Lower bound of the controller. Default: it begins at 16 and goes lower only for a store that can't serve as many. */
  readonly min?: number
  /** Upper bound of the controller, and of connections. Default 1,024. */
  readonly max?: number
  /** A fixed number in flight instead of the controller. Default none. */
  readonly fixed?: number
  /** Longest time between two adjustments, ms. Default: the law's own. */
  readonly intervalMs?: number
  /** `seed` for the law of the Python tool. Default: the law of `@lagoon/aimd`. */
  readonly preset?: 'seed'
  /** A control law of your own; `max` still bounds connections. Not together with `min`, `fixed`, `intervalMs` or `preset`. Default: that of `@lagoon/aimd`. */
  readonly controller?: Controller
}

/** Which objects of the source bucket are listed, and how. */
export interface ListingOptions {
  /** What their keys begin with. Default '': all of them. */
  readonly prefix?: string
  /** List anew, and take up objects that are new or changed since. Default false: an earlier listing in the data directory is used, and continued. */
  readonly rescan?: boolean
  /** Listings under way at once, 1 to 256. Default 8. */
  readonly parallel?: number
}

/** Which recorded failures; all that is given must hold. */
export interface RetryFilter {
  readonly class?: RowFailureClass
  readonly code?: string
  /** Key of the manifest that names them. */
  readonly manifest?: string
}

export interface SyncOptions {
  readonly source: EndpointOptions
  readonly destination: EndpointOptions
  /** Directory of the state. Created when missing, except by a dry run. */
  readonly dataDir: string
  /** Where manifests lie in the source bucket. Default `manifest/`. */
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
   * Take old versions and delete markers, too, where columns `is_latest` and `is_delete_marker` tell them apart. A row that names another
   * version of an object than an earlier row fails, unless it names another destination key. Default false.
   */
  readonly allVersions?: boolean
  /** Which rows are taken. Default all. */
  readonly filter?: RowFilter
  /** The part of the job that this run does; other machines do the others, each with a state of its own. Default: all of it. */
  readonly shard?: Shard
  /**
   * Names of the stores in the state's identity, instead of their addresses: a store that is reached by another address later is the same one
   * then. Default: the addresses.
   */
  readonly aliases?: StoreAliases
  /** How objects are copied: key mapping, overwriting, storage class, parts. Default: as `@lagoon/transfer` does. */
  readonly copy?: CopyOptions
  readonly concurrency?: ConcurrencyOptions
  /**
   * Threads that copy, 1 to 64, each with connections of its own; 1 copies in the thread of the caller. What is in flight, retries and the state
   * are the same for any number. Default: a quarter of the cores, at least 1, at most 8.
   */
  readonly threads?: number
  /** Attempts per object. Default 5, at least 1. */
  readonly maxAttempts?: number
  /** How long a store may throttle one object before it has failed, ms. Default 900,000 (15 minutes). */
  readonly throttleBudgetMs?: number
  readonly outage?: OutageOptions
  readonly backoff?: BackoffOptions
  /**
   * Only try again what is recorded as failed, all of it or what the filter lets through; no manifest is looked for or read. Not together
   * with `manifests`, `filter`, `dryRun` or `watchIntervalMs`. Default none.
   */
  readonly retry?: RetryFilter
  /** Count what would be copied and touch nothing. Default false. */
  readonly dryRun?: boolean
  /**
   * Scan for manifests again and again until stopped: from the end of one scan to the beginning of the next, ms, 1,000 to
   * 604,800,000 (a week). Not together with `dryRun` or `manifests`. Default: one scan.
   */
  readonly watchIntervalMs?: number
  /** File for one row per object; `.parquet`, `.jsonl` or `.csv`. `{run}` in it stands for the run's number. Default none. */
  readonly report?: string
  /** What becomes of a report that has rows: `new` refuses to begin, `append` adds to it, `replace` drops them. Default `new`. */
  readonly reportMode?: 'new' | 'append' | 'replace'
  /** Take no new key and finish what is in flight. */
  readonly drain?: AbortSignal
  /** Abort what is in flight and record nothing for it. */
  readonly abort?: AbortSignal
  readonly onEvent?: EventSink
  /** Given the levers of the run right before its `start` event: pausing, and limits that change while it goes on. Default none. */
  readonly onControls?: (controls: RunControls) => void
  /** Told of attempts and objects as they end; costs nothing where it is left out. Default none. */
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
