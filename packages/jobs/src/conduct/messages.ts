import { decode } from '../records/json.js'

/** What a worker may use, out of what the job may use. */
export interface Share {
  /** Attempts in flight. */
  readonly limit: number
  /** This worker's part of caps that hold for the whole job, by name; null lifts one. */
  readonly caps?: Readonly<Record<string, number | null>>
}

export interface SampleMessage {
  readonly worker: string
  readonly sample: object
}

export interface LimitMessage {
  /** Grows with each conductor. */
  readonly term: number
  readonly shares: Readonly<Record<string, Share>>
}

/** Null for what is not a message of ours. */
export function readMessage<T extends object>(data: Uint8Array, has: keyof T): T | null {
  try {
    const message = decode<T>({ key: 'message', value: data })
    return has in message ? message : null
  } catch {
    return null
  }
}
