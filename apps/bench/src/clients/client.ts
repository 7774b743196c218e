import type { Invocation } from '../measure/run-measured.js'
import type { StoreAccess } from '../stores/buckets.js'

/**
 * How many copies may be in progress at a time. `controller` leaves that to the product, and `installed` to the program: it gets no flag that it
 * doesn't need.
 */
export type Concurrency = number | 'controller' | 'installed'

/** One piece of work, the same for every client: everything under `prefix` of one bucket into another, empty one. */
export interface CopyTask {
  source: StoreAccess & { bucket: string }
  destination: StoreAccess & { bucket: string }
  /** All objects to copy lie under this prefix, and nothing else does; `null` when only the manifest tells. */
  prefix: string | null
  /** Where the Parquet manifests lie in the source bucket, and the column of the keys if it has to be told. */
  manifestPrefix: string
  manifestColumn?: string
  concurrency: Concurrency
  /** An empty folder of this run. */
  directory: string
  /** A text file with one key a line, for clients that want a list. */
  keysFile: string | null
  /** Let the product write a row for every object into `report.jsonl` in the folder. */
  report?: boolean
}

/** A program that copies. Building its command is pure, so that tests can read it. */
export interface Client {
  name: string
  /** Name looked up on the PATH; `null` when it is part of this repository. */
  program: string | null
  /** What of the task it can't do as told, for the notes under a table; `null` when nothing. */
  caveat: string | null
  /** False for what nobody installs: it has to be told a concurrency. */
  installable?: false
  /** It can't be told a concurrency: beside a run as installed another one would show the same. */
  choosesConcurrency?: true
  versionArgs: readonly string[]
  invocation(task: CopyTask, executable: string): Invocation
}

/** A client that was found, with what it says its version is. */
export interface FoundClient {
  client: Client
  executable: string
  version: string
}
