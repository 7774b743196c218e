import { decode } from '../records/json.js'

/** A worker's share of what the job may use. */
export interface Share {
  /** Attempts in flight. */
  readonly limit: number
  /** This worker's fraction of every other limit of the job, above 0 and at most 1. */
  readonly part?: number
}

interface SampleMessage {
  readonly worker: string
  readonly sample: object
}

export interface LimitMessage {
  /** Increases with each conductor. */
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

/** Null if it is not a sample. */
export function readSample(data: Uint8Array): SampleMessage | null {
  const { worker, sample } = read(data) ?? {}
  return typeof worker === 'string' && isObject(sample) ? { worker, sample } : null
}

/** The term of a decision and one worker's share, undefined if it has none; null if it is not a decision. */
export function readLimit(
  data: Uint8Array,
  worker: string,
): { term: number; share: Share | undefined } | null {
  const { term, shares } = read(data) ?? {}
  if (typeof term !== 'number' || !isObject(shares)) return null
  const share = (shares as Partial<Record<string, Partial<Share>>>)[worker]
  return { term, share: typeof share?.limit === 'number' ? (share as Share) : undefined }
}
