import { ManifestError } from '@lagoon/manifest'
import type { HeldItem } from '@lagoon/jobs'
import type { ManifestReader, NamedManifestSource } from '../ports/manifests.js'

/** Readers kept: their footers are read, and items of one manifest follow each other. */
const READERS_KEPT = 16

/** Opens manifests that another machine has found, each once while items of it come. */
export class OpenByName {
  readonly #source: Pick<NamedManifestSource, 'find' | 'open'>
  readonly #readers = new Map<string, Promise<ManifestReader>>()

  constructor(source: Pick<NamedManifestSource, 'find' | 'open'>) {
    this.#source = source
  }

  /** @throws ManifestError LAGOON_MANIFEST_CHANGED when another version has taken its place */
  async open({ id, key, etag }: HeldItem['manifest'], signal: AbortSignal): Promise<ManifestReader> {
    const known = this.#readers.get(id)
    if (known !== undefined) return known
    const opening = this.#open(key, etag, signal)
    this.#readers.set(id, opening)
    for (const old of this.#readers.keys()) {
      if (this.#readers.size <= READERS_KEPT) break
      this.#readers.delete(old)
    }
    opening.catch(() => this.#readers.delete(id))
    return opening
  }

  async #open(key: string, etag: string, signal: AbortSignal): Promise<ManifestReader> {
    const ref = await this.#source.find(key, signal)
    if (ref?.etag !== etag) throw changed(key, ref === null)
    return this.#source.open(ref, signal)
  }
}

function changed(key: string, isGone: boolean): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_CHANGED', {
    message: `${key}: ${isGone ? 'it was deleted' : 'another version took its place'} since it was planned`,
    hint: 'Run the command again: it plans what is there now.',
  })
}
