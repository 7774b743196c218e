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

/** A fault of an operation. */
export interface MemoryFault {
  /** `request`: the server never receives it. `answer`: it is applied, but the caller gets no response. Both reject after 2 s. */
  readonly lose?: 'request' | 'answer'
  /** The server receives it this much later, in ms. */
  readonly delayMs?: number
  /** Rejects immediately. */
  readonly error?: JobsError
}

/** What the server stores for a job. */
export interface MemoryJob {
  readonly leaseMs: number
  readonly queue: MemoryQueue
  readonly records: MemoryRecords
  readonly subscribers: Set<{ topic: ChannelTopic; onMessage: (data: Uint8Array) => void }>
}
