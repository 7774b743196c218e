import { damaged } from '../errors.js'
import type { StoredRecord } from '../ports.js'

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encode(value: object): Uint8Array {
  return encoder.encode(JSON.stringify(value))
}

/** @throws {JobsError} `LAGOON_JOBS_RECORD_DAMAGED` for what is not a JSON object */
export function decode<T extends object>({ key, value }: Pick<StoredRecord, 'key' | 'value'>): T {
  let parsed: unknown
  try {
    parsed = JSON.parse(decoder.decode(value))
  } catch (error) {
    throw damaged(key, error)
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw damaged(key)
  return parsed as T
}
