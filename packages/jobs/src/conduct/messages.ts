import { decode } from '../records/json.js'

/** What a worker may use, out of what the job may use. */
export interface Share {
  /** Attempts in flight. */
  readonly limit: number
  /** This worker's part of whatever else holds for the whole job, above 0 and at most 1. */
  readonly part?: number
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

function read(data: Uint8Array): Record<string, unknown> | null {
  try {
    return decode({ key: 'message', value: data })
  } catch {
    return null
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

/** Null for what is not a sample. */
export function readSample(data: Uint8Array): SampleMessage | null {
  const { worker, sample } = read(data) ?? {}
  return typeof worker === 'string' && isObject(sample) ? { worker, sample } : null
}

/** The term of a decision, and one worker's share of it, undefined without one; null for what is not a decision. */
export function readLimit(
  data: Uint8Array,
  worker: string,
): { term: number; share: Share | undefined } | null {
  const { term, shares } = read(data) ?? {}
  if (typeof term !== 'number' || !isObject(shares)) return null
  const share = (shares as Partial<Record<string, Partial<Share>>>)[worker]
  return { term, share: typeof share?.limit === 'number' ? (share as Share) : undefined }
}
