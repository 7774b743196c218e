import type { JobsError } from '../errors.js'
import type { ChannelTopic } from '../ports.js'
import type { MemoryQueue } from './memory-queue.js'
import type { MemoryRecords } from './memory-records.js'

/** One operation of a connection, before it reaches the server. */
export interface MemoryCall {
  /** Name that `connect` was given. */
  readonly connection: string
  readonly operation:
    | 'publish'
    | 'next'
    | 'counts'
    | 'extend'
    | 'ack'
    | 'nak'
    | 'get'
    | 'create'
    | 'replace'
    | 'put'
    | 'delete'
    | 'list'
    | 'watch'
    | 'time'
  /** Key of a record; empty for operations on the queue. */
  readonly key: string
}

/** What goes wrong with an operation. */
export interface MemoryFault {
  /** `request`: the server never sees it. `answer`: it is carried out, but the caller never learns. Either rejects after 2 s. */
  readonly lose?: 'request' | 'answer'
  /** Reaches the server so much later, in ms. */
  readonly delayMs?: number
  /** Rejects at once. */
  readonly error?: JobsError
}

/** What the server holds of a job. */
export interface MemoryJob {
  readonly leaseMs: number
  readonly queue: MemoryQueue
  readonly records: MemoryRecords
  readonly subscribers: Set<{ topic: ChannelTopic; onMessage: (data: Uint8Array) => void }>
}
