import {
  localInventory,
  localManifest,
  objectSource,
  openInventory,
  openKeyList,
  openManifest,
  openStream,
  streamSource,
  type KeyListSource,
  type KeyReader,
  type ManifestRef,
  type ManifestStore,
} from '@lagoon/manifest'
import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { SyncError } from '../ports/errors.js'
import { manifestLocation, manifestName } from '../options/location.js'
import type { ResolvedOptions } from '../options/options.js'
import type { NamedManifestSource } from '../ports/manifests.js'
import { findObject } from './bucket.js'
import { openOptionsOf, scopeOf, withSignal, withTotals } from './read-scope.js'
import type { SourceStores } from './source-stores.js'

/** A manifest that was found, and how to open it. */
interface FoundManifest {
  readonly ref: ManifestRef
  open(signal: AbortSignal | undefined): Promise<KeyReader>
}

/**
 * The manifests at the given locations, in order, each once. An inventory stands for its data files. Standard input and pipes are read
 * once and have no lasting name: each run gives them another ETag, so that none counts as finished.
 *
 * Finding them throws SyncError `LAGOON_SYNC_MANIFEST_NOT_FOUND`, `LAGOON_SYNC_INVALID_OPTION`, and the store's errors.
 */
export function namedManifests(stores: SourceStores, options: ResolvedOptions): NamedManifestSource {
  const scope = scopeOf(options)
  const found = new Map<string, FoundManifest>()
  const finder = new ManifestFinder(stores, options)
  async function* discover(signal?: AbortSignal): AsyncGenerator<ManifestRef> {
    for (const location of options.manifests ?? []) {
      for await (const manifest of finder.find(location, signal)) {
        const { ref } = manifest
        if (found.has(ref.key)) continue
        found.set(ref.key, manifest)
        yield { ...ref, ...scope }
      }
    }
  }
  return {
    discover,
    async find(key, signal) {
      if (!found.has(key)) for await (const ref of discover(signal)) if (ref.key === key) return ref
      const manifest = found.get(key)
      return manifest === undefined ? null : { ...manifest.ref, ...scope }
    },
    suggestPrefixes: async () => [],
    open: async ({ key }, signal) => withTotals(await found.get(key)!.open(signal)),
  }
}

class ManifestFinder {
  readonly #stores: SourceStores
  readonly #options: ResolvedOptions

  constructor(stores: SourceStores, options: ResolvedOptions) {
    this.#stores = stores
    this.#options = options
  }

  find(text: string, signal: AbortSignal | undefined): AsyncIterable<FoundManifest> {
    const location = manifestLocation(text, this.#options.source.bucket)
    if (location.kind === 'object') return this.#object(location.bucket, location.key, signal)
    if (location.kind === 'file') return this.#file(location.path, signal)
    return once(this.#stream('-', () => this.#options.standardInput ?? process.stdin))
  }

  async *#object(bucket: string, key: string, signal?: AbortSignal): AsyncGenerator<FoundManifest> {
    const store = this.#stores.of(bucket)
    const ref = await findObject(store, key, signal)
    if (ref === null) throw notFound(`the bucket ${bucket} has no object ${key}`)
    const nameOf = (own: string): string => manifestName(bucket, own, this.#options.source.bucket)
    if (/(?:^|\/)manifest\.json$/.test(key)) yield* this.#inventory(store, ref, nameOf, signal)
    else {
      yield {
        ref: { ...ref, key: nameOf(key) },
        open: (opening) => this.#open(store, ref, opening),
      }
    }
  }

  async *#inventory(
    store: ManifestStore,
    ref: ManifestRef,
    nameOf: (key: string) => string,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<FoundManifest> {
    const { bucket } = this.#options.source
    let inventory
    try {
      inventory = await openInventory(store, ref, { bucket, ...withSignal(signal) })
    } catch (error) {
      signal?.throwIfAborted()
      // Reported when its turn comes: a bad manifest does not prevent others from being read.
      yield { ref: { ...ref, key: nameOf(ref.key) }, open: () => Promise.reject(error) }
      return
    }
    for (const file of inventory.files) {
      yield {
        ref: { key: nameOf(file.key), etag: `${file.md5 ?? ref.etag};inventory`, sizeBytes: file.sizeBytes },
        open: (opening) => inventory.openFile(file, openOptionsOf(this.#options, opening)),
      }
    }
  }

  async *#file(path: string, signal: AbortSignal | undefined): AsyncGenerator<FoundManifest> {
    const stats = await stat(path).catch((cause: unknown) => {
      throw notFound(`${path} can't be read: ${(cause as Error).message}`, cause)
    })
    if (stats.isDirectory()) throw notFound(`${path} is a directory`)
    if (!stats.isFile()) yield this.#stream(path, () => createReadStream(path))
    else if (/(?:^|\/)manifest\.json$/.test(path)) {
      const { store, ref } = await localInventory(path)
      const nameOf = (key: string): string => (key === path ? path : join(dirname(path), basename(key)))
      yield* this.#inventory(store, ref, nameOf, signal)
    } else {
      const { store, ref } = await localManifest(path)
      yield { ref, open: (opening) => this.#open(store, ref, opening) }
    }
  }

  #stream(name: string, open: () => AsyncIterable<Uint8Array>): FoundManifest {
    let source: KeyListSource | undefined
    return {
      ref: { key: name, etag: `run-${randomUUID()}`, sizeBytes: 0 },
      open: (opening) => {
        source ??= streamSource(name === '-' ? 'standard input' : name, open())
        return openStream(source, { ...openOptionsOf(this.#options, opening), format: 'auto' })
      },
    }
  }

  async #open(store: ManifestStore, ref: ManifestRef, signal: AbortSignal | undefined): Promise<KeyReader> {
    // Read by ranges, local files as well: a list that changes in the meantime is noticed.
    const list = objectSource(store, ref)
    if (!/\.parquet$/i.test(ref.key) && !(await beginsAsParquet(list, signal))) {
      return this.#openList(list, signal)
    }
    return await openManifest(store, ref, openOptionsOf(this.#options, signal))
  }

  #openList(source: KeyListSource, signal: AbortSignal | undefined): KeyReader {
    return openKeyList(source, { ...openOptionsOf(this.#options, signal), format: 'auto' })
  }
}

async function beginsAsParquet(list: KeyListSource, signal: AbortSignal | undefined): Promise<boolean> {
  for await (const bytes of list.open(signal)) {
    return Buffer.from(bytes.subarray(0, 4)).toString('latin1') === 'PAR1'
  }
  return false
}

async function* once<T>(value: T): AsyncGenerator<T> {
  yield value
}

function notFound(message: string, cause?: unknown): SyncError {
  return new SyncError('LAGOON_SYNC_MANIFEST_NOT_FOUND', message, {
    hint: 'Use a key of the source bucket, s3://bucket/key, a path that begins with ./ or /, or - for standard input.',
    ...(cause === undefined ? {} : { cause }),
  })
}
