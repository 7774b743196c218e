/**
 * What the protocol needs of an engine: a queue of hints, a store of records with compare-and-set, and a channel for messages that are not
 * stored. `@lagoon/jobs/memory` and `@lagoon/jobs/nats` implement them; one contract suite runs against both.
 *
 * Every operation rejects with a `JobsError`. `LAGOON_JOBS_NO_ANSWER` means unknown: the request may have been applied.
 */
export interface Engine {
  /** Opens a job; null if the engine has none of that name. */
  open(job: string): Promise<JobEngine | null>
  /** Creates the queue and the records of a job, or opens existing ones. */
  create(job: string, options: CreateJobOptions): Promise<JobEngine>
  /** Names of all jobs, sorted. */
  list(): Promise<string[]>
  /** Deletes the queue and all records of a job; false if the engine has none of that name. */
  delete(job: string): Promise<boolean>
  /** Releases connections. Operations in progress reject with `LAGOON_JOBS_CLOSED`. */
  close(): Promise<void>
}

export interface CreateJobOptions {
  /** Time in ms after which a message that was neither extended nor acknowledged is delivered again. */
  readonly leaseMs: number
  /** Replicas of the queue and the records; default 3 if the engine has three servers, else 1. */
  readonly replicas?: number
}

/** The queue, the records and the channel of one job. */
export interface JobEngine {
  readonly job: string
  /** The lease of the queue, in ms. */
  readonly leaseMs: number
  readonly queue: WorkQueue
  readonly records: RecordStore
  readonly channel: Channel
}

/** A work queue: each message is delivered to one worker at a time, and to another one once its lease has expired. */
export interface WorkQueue {
  /**
   * Adds a message.
   *
   * @param options.id a second message with the same id within a short time is dropped (best effort, not guaranteed)
   */
  publish(data: Uint8Array, options?: { id?: string }): Promise<void>
  /** The next message, or null if none came within `waitMs`, or `signal` aborted. A missed heartbeat is a null, not an error. */
  next(options: { waitMs: number; signal?: AbortSignal }): Promise<WorkMessage | null>
  counts(): Promise<QueueCounts>
}

/** A message that this worker holds. */
export interface WorkMessage {
  readonly data: Uint8Array
  /** How often it has been delivered, including this time. */
  readonly deliveries: number
  /** Renews the lease. Sent without waiting for a response. */
  extend(): void
  /** Removes the message; resolves when the engine has confirmed it. An acknowledgement does not say who did the work. */
  ack(): Promise<void>
  /** Returns the message to the queue; another worker gets it after `delayMs`, default 0. */
  nak(delayMs?: number): void
}

export interface QueueCounts {
  /** Messages that are stored. */
  readonly messages: number
  /** Messages that wait for a worker. */
  readonly pending: number
  /** Messages delivered and not acknowledged. */
  readonly unacknowledged: number
  /** Workers that wait for a message. */
  readonly pulls: number
}

export interface StoredRecord {
  readonly key: string
  readonly value: Uint8Array
  /** Increases with each write; what `replace` compares. */
  readonly revision: number
  /** When it was written, in ms of the engine's clock. Compare it with {@link RecordStore.time} only. */
  readonly writtenAt: number
}

/** A key and its present value; null if it was deleted or has expired. */
export interface RecordChange {
  readonly key: string
  readonly record: StoredRecord | null
}

export interface WriteOptions {
  /** The record disappears after this time in ms unless it is written again; at least 1,000. */
  readonly ttlMs?: number
}

/** A key-value store with compare-and-set. Keys are words of `[A-Za-z0-9_-]` separated by dots. */
export interface RecordStore {
  get(key: string): Promise<StoredRecord | null>
  /** Writes a key that does not exist; returns its revision, or null if it exists. */
  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number | null>
  /** Writes a key whose revision is still `revision`; returns the new revision, or null if it is not. */
  replace(key: string, value: Uint8Array, revision: number, options?: WriteOptions): Promise<number | null>
  /** Writes a key whatever its value; returns its revision. */
  put(key: string, value: Uint8Array, options?: WriteOptions): Promise<number>
  /** Deletes a key; with `revision`, only if that is its revision. False if it is not. */
  delete(key: string, revision?: number): Promise<boolean>
  /** Records whose key is `pattern`, or begins with it where it ends in `.>`; `>` stands for all. */
  list(pattern: string): AsyncIterable<StoredRecord>
  /** The present state of the keys, then every change, until `signal` aborts. */
  watch(keys: readonly string[], signal: AbortSignal): AsyncIterable<RecordChange>
  /** The engine's clock, in ms. */
  time(): Promise<number>
}

/** Messages to present subscribers. Nothing is stored or repeated. */
export interface Channel {
  publish(topic: ChannelTopic, data: Uint8Array): void
  /** @returns a function that ends the subscription */
  subscribe(topic: ChannelTopic, onMessage: (data: Uint8Array) => void): () => void
}

/** `sample` carries workers' measurements to the conductor, `limit` its decisions. */
export type ChannelTopic = 'sample' | 'limit'

/** Time as the protocol knows it: monotonic, and never compared with another machine's. */
export interface Clock {
  /** Milliseconds since any fixed moment; never goes back. */
  now(): number
  /** Resolves after `ms`, or when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
