import { createHash } from 'node:crypto'
import type { Attempt } from '../contract/attempt.js'
import type { Endpoint } from './endpoint.js'
import { readRange } from './ranged-read.js'

/** Most bytes of an object held in memory while it is read back. */
const READ_BYTES = 8 * 1024 * 1024

/** What to read: one version of an object at one side. */
interface ReadBack {
  endpoint: Endpoint
  path: string
  query: string
  name: string
  /** As in a header. */
  rawEtag: string
  sizeBytes: number
}

/**
 * One attempt at the MD5 of an object as the store returns it.
 *
 * @param part of it; default: all
 */
export async function md5OfStored(
  what: ReadBack,
  signal: AbortSignal | undefined,
  part: { start: number; end: number } = { start: 0, end: what.sizeBytes },
): Promise<Attempt<string>> {
  const md5 = createHash('md5')
  const { endpoint, path, query, name, rawEtag: ifMatch } = what
  for (let { start } = part; start < part.end; start += READ_BYTES) {
    const end = Math.min(part.end, start + READ_BYTES)
    const read = await readRange(endpoint, { name, path, query, start, end, ifMatch }, signal)
    if (!read.ok) return read
    md5.update(read.value)
  }
  return { ok: true, value: md5.digest('hex') }
}
