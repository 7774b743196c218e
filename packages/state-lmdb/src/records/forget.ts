import type { KeySet } from '../keys/level.js'
import type { ForgetRequest } from '../types.js'
import type { FoundKey } from './failures.js'
import type { RecordWriter } from './writer.js'

/** Forgets inside a write transaction; returns how many manifests that removed: none for unknown keys. */
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
