/**
 * What the protocol asks of an engine: a queue of hints, a store of records changed by compare-and-set, and a channel for messages that
 * nobody keeps. `@lagoon/jobs/memory` and `@lagoon/jobs/nats` implement them; one contract suite runs over both.
 *
 * Every operation rejects with a `JobsError`. `LAGOON_JOBS_NO_ANSWER` means unknown: the request may have been applied.
 */
export interface Engine {
  /** Opens a job; null when the engine has none of that name. */
  open(job: string): Promise<JobEngine | null>
  /** Creates the queue and the records of a job, or opens them when they exist. */
  create(job: string, options: CreateJobOptions): Promise<JobEngine>
  /** Names of all jobs, sorted. */
  list(): Promise<string[]>
  /** Deletes the queue and all records of a job; false when the engine has none of that name. */
  delete(job: string): Promise<boolean>
  /** Releases connections. Operations in progress reject with `LAGOON_JOBS_CLOSED`. */
  close(): Promise<void>
}

export interface CreateJobOptions {
  /** Time in ms after which a message that was neither extended nor acknowledged is delivered again. */
  readonly leaseMs: number
  /** Copies of the queue and the records; default 3 where the engine has three servers, else 1. */
  readonly replicas?: number
}

/** The queue, the records and the channel of one job. */
export interface JobEngine {
  readonly job: string
  /** The lease that the queue keeps, in ms. */
  readonly leaseMs: number
  readonly queue: WorkQueue
  readonly records: RecordStore
  readonly channel: Channel
}

/** A work queue: each message goes to one worker at a time, and again to another one when its lease runs out. */
export interface WorkQueue {
  /**
   * Adds a message.
   *
   * @param options.id a second message with the same id within a short time is dropped (as a courtesy, not as a guarantee)
   */
  publish(data: Uint8Array, options?: { id?: string }): Promise<void>
  /** The next message, or null when none came within `waitMs`, or `signal` aborted. A missed heartbeat is a null, not an error. */
  next(options: { waitMs: number; signal?: AbortSignal }): Promise<WorkMessage | null>
  counts(): Promise<QueueCounts>
}

/** A message in the hands of this worker. */
export interface WorkMessage {
  readonly data: Uint8Array
  /** How often it has been delivered, this time included. */
  readonly deliveries: number
  /** Starts the lease anew. Sent without waiting for a response. */
  extend(): void
  /** Removes the message; resolves when the engine has confirmed it. An acknowledgement says nothing about who worked. */
  ack(): Promise<void>
  /** Hands the message back; another worker gets it after `delayMs`, default 0. */
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
  /** Grows with each write; what `replace` compares. */
  readonly revision: number
  /** When it was written, in ms of the engine's own clock. Compare with {@link RecordStore.time} only. */
  readonly writtenAt: number
}

/** A key and what it holds now; null when it was deleted or has expired. */
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
  /** Writes a key that does not exist; its revision, or null when it exists. */
  create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number | null>
  /** Writes a key whose revision is still `revision`; the new revision, or null when it is not. */
  replace(key: string, value: Uint8Array, revision: number, options?: WriteOptions): Promise<number | null>
  /** Writes a key whatever it holds; its revision. */
  put(key: string, value: Uint8Array, options?: WriteOptions): Promise<number>
  /** Deletes a key; with `revision` only while it is that one. False when it was another. */
  delete(key: string, revision?: number): Promise<boolean>
  /** Records whose key is `pattern`, or begins with it where it ends in `.>`; `>` stands for all. */
  list(pattern: string): AsyncIterable<StoredRecord>
  /** The present state of the keys, then every change, until `signal` aborts. */
  watch(keys: readonly string[], signal: AbortSignal): AsyncIterable<RecordChange>
  /** The engine's own clock, in ms. */
  time(): Promise<number>
}

/** Messages to whoever listens now. Nothing is stored or repeated. */
export interface Channel {
  publish(topic: ChannelTopic, data: Uint8Array): void
  /** @returns what ends the subscription */
  subscribe(topic: ChannelTopic, onMessage: (data: Uint8Array) => void): () => void
}

/** `sample` carries what workers measured to the conductor, `limit` its response. */
export type ChannelTopic = 'sample' | 'limit'

/** Time as the protocol knows it: monotonic, and never compared with another machine's. */
export interface Clock {
  /** Milliseconds since any fixed moment; never goes back. */
  now(): number
  /** Resolves after `ms`, or when `signal` aborts. Never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
