import type { ManifestRef } from '../types.js'
import type { StoredManifest } from './writer.js'

/** Names a manifest as its record does; the scope is omitted if there is none. */
export function refOf({ key, etag, scope }: ManifestRef): ManifestRef {
  return scope === undefined || scope === '' ? { key, etag } : { key, etag, scope }
}

/** True if both are one version of a manifest, read in the same way. Their keys are known to be equal. */
export function isSameVersion(one: ManifestRef, other: ManifestRef): boolean {
  return one.etag === other.etag && (one.scope ?? '') === (other.scope ?? '')
}

/** The record of an unknown manifest. */
export function newManifest(number: number, ref: ManifestRef): StoredManifest {
  return { number, ...refOf(ref), finished: null }
}
