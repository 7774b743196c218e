import type { KeySet } from '../keys/level.js'
import type { RecordWriter } from './writer.js'

/** What to forget. */
export interface ForgetRequest {
  /** Keys that are to count as not complete. So that whoever names them is read again, all manifests are forgotten, too. */
  keys?: readonly string[]
  /** Manifests, by their keys. Their complete keys stay complete. */
  manifests?: readonly string[]
  /** Every manifest that has failures: it is read again, and what failed in it is to do again. */
  failed?: boolean
}

/** How much was forgotten. */
export interface Forgotten {
  keys: number
  failures: number
  manifests: number
}

/** A text's fingerprint, as a key of LMDB and as words; the words hold until the next one is asked for. */
export interface FoundKey {
  readonly key: Buffer
  readonly words: Uint32Array
}

/** Forgets inside a write transaction; says how many manifests that took: for keys that are not known, none. */
export function forget(
  writer: RecordWriter,
  complete: KeySet,
  { keys = [], manifests = [], failed = false }: ForgetRequest,
  fingerprint: (text: string) => FoundKey,
): number {
  let known = false
  for (const text of keys) {
    const { key, words } = fingerprint(text)
    if (writer.removeFailuresOf(key) > 0) known = true
    if (!complete.forget(words)) continue
    writer.counters.complete--
    known = true
  }
  const named = manifests.map((text) => fingerprint(text).key)
  const others = known ? writer.manifestKeys() : failed ? writer.manifestKeysWithFailures() : []
  const dropped = new Map([...named, ...others].map((key) => [key.toString('hex'), key]))
  return [...dropped.values()].filter((key) => writer.dropManifest(key)).length
}
