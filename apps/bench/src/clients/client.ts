import type { Invocation } from '../measure/run-measured.js'
import type { BucketAccess } from '../stores/buckets.js'

/**
 * How many copies may be in progress at a time. `controller` leaves that to the product, and `installed` to the program, which gets no flag
 * that it does not need.
 */
export type Concurrency = number | 'controller' | 'installed'

/** One task, the same for every client: everything under `prefix` of one bucket into another, empty one. */
export interface CopyTask {
  source: BucketAccess & { bucket: string }
  destination: BucketAccess & { bucket: string }
  /** All objects to copy are under this prefix, and no others; `null` if only the manifest tells. */
  prefix: string | null
  /** Prefix of the Parquet manifests in the source bucket, and the column of the keys if it must be given. */
  manifestPrefix: string
  manifestColumn?: string
  concurrency: Concurrency
  /** An empty folder for this run. */
  directory: string
  /** A text file with one key per line, for clients that take a list. */
  keysFile: string | null
  /** Makes the product write a row for every object into `report.jsonl` in the folder. */
  report?: boolean
}

/** A program that copies. Building its command is pure, so that tests can check it. */
export interface Client {
  name: string
  /** Name of the program on the PATH; `null` if it is part of this repository. */
  program: string | null
  /** The part of the task that it cannot do as requested, for the notes under a table; `null` if none. */
  caveat: string | null
  /** False for a program that nobody installs: it needs a concurrency. */
  installable?: false
  /** Its concurrency cannot be set: another run would be the same as one as installed. */
  choosesConcurrency?: true
  versionArgs: readonly string[]
  invocation(task: CopyTask, executable: string): Invocation
}

/** A client that was found, and its reported version. */
export interface FoundClient {
  client: Client
  executable: string
  version: string
}
