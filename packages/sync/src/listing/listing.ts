import type { KeyRange, Store } from '@lagoon/transfer'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { asSyncError } from '../as-sync-error.js'
import { describeError, SyncError } from '../ports/errors.js'
import type { EventSink, ListingEvent } from '../ports/events.js'
import { isPassing } from '../store-trouble.js'
import { sleep } from '../sleep.js'
import {
  keepOnly,
  readCheckpoint,
  writeCheckpoint,
  type Checkpoint,
  type ListedManifest,
} from './checkpoint.js'
import { ListedFile } from './listed-file.js'

export interface ListingParts {
  readonly store: Pick<Store, 'listUnordered'>
  readonly bucket: string
  readonly prefix: string
  /** Names the store and the prefix: a listing of something else is not continued. */
  readonly of: string
  /** Requests in progress at once. */
  readonly parallel: number
  /** Where the manifests and the checkpoint lie. */
  readonly directory: string
  /** Where the rest of the listing is written, without a checkpoint, if `directory` is to stay as it is. */
  readonly scratch?: string
  /** List again, ignoring an existing listing. */
  readonly rescan: boolean
  /** How long a store that has answered may be out of reach, ms. */
  readonly patienceMs: number
  readonly onEvent: EventSink
}

/** Rows of the first manifest; each holds twice as many as the one before, so that copying begins early. */
const FIRST_ROWS = 1_000
const MAX_ROWS = 250_000
const RETRY_MS = 5_000
/** What a file system says when it is full. */
const FULL = new Set<unknown>(['ENOSPC', 'EDQUOT', 'EFBIG'])

/**
 * Lists a prefix of a bucket into Parquet manifests, which are read while the listing continues.
 *
 * 1. A manifest is shown to readers once it is whole on the disk and the checkpoint names it.
 * 2. The checkpoint says what those manifests leave to be listed; the next run in the directory lists only that.
 * 3. A store that does not list in the order of its keys gets its checkpoint at the end: its listing can't be continued.
 */
export class Listing {
  readonly #parts: ListingParts
  readonly #startedAt: string
  readonly #manifests: ListedManifest[]
  /** Manifests that lay there before. */
  readonly #kept: number
  #ranges: readonly KeyRange[]
  #lastPageAt: number | null = null
  #failure: SyncError | null = null
  #ended = false
  #bell = Promise.withResolvers<void>()

  private constructor(parts: ListingParts, checkpoint: Checkpoint | null) {
    this.#parts = parts
    this.#startedAt = checkpoint?.startedAt ?? new Date().toISOString()
    this.#manifests = [...(checkpoint?.manifests ?? [])]
    this.#kept = this.#manifests.length
    this.#ranges = checkpoint?.ranges ?? wholeOf(parts)
  }

  /** Takes up the listing in the directory, or a new one in its place. Asks the store for nothing yet. */
  static async open(parts: ListingParts): Promise<Listing> {
    const { directory, of, rescan, scratch } = parts
    const checkpoint = rescan ? null : await readCheckpoint(directory, of)
    if (scratch === undefined) await keepOnly(directory, checkpoint)
    return new Listing(parts, checkpoint)
  }

  /** Tells the manifest from those of every other listing. */
  etagOf({ number }: ListedManifest): string {
    return `${this.#startedAt}/${number}`
  }

  pathOf({ number, file }: ListedManifest): string {
    const { directory, scratch = directory } = this.#parts
    return join(number > this.#kept ? scratch : directory, file)
  }

  /**
   * The manifests that are there, then each that comes, until the listing is finished or the signal fires.
   *
   * @throws SyncError that ended the listing early
   */
  async *manifests(signal: AbortSignal): AsyncGenerator<ListedManifest> {
    const ring = (): void => this.#ring()
    signal.addEventListener('abort', ring, { once: true })
    try {
      for (let next = 0; !signal.aborted;) {
        if (next < this.#manifests.length) yield this.#manifests[next++]!
        else if (this.#failure !== null) throw this.#failure
        else if (this.#ended) return
        else await this.#bell.promise
      }
    } finally {
      signal.removeEventListener('abort', ring)
    }
  }

  /** Lists until nothing is left or the signal fires, and keeps what was listed. Never rejects: `manifests` does. */
  async run(signal: AbortSignal): Promise<void> {
    this.#report(this.#ranges.length === 0 ? 'kept' : this.#kept > 0 ? 'resumed' : 'started')
    while (this.#ranges.length > 0 && !signal.aborted && this.#failure === null) {
      try {
        await this.#listTheRest(signal)
      } catch (error) {
        if (!signal.aborted) await this.#bear(error, signal)
      }
    }
    this.#ended = true
    this.#ring()
  }

  async #listTheRest(signal: AbortSignal): Promise<void> {
    const { store, parallel, bucket, directory, scratch = directory } = this.#parts
    const listing = store.listUnordered({ ranges: this.#ranges, parallel, signal })
    let file: ListedFile | null = null
    try {
      for await (const page of listing) {
        this.#lastPageAt = performance.now()
        file ??= await ListedFile.begin(scratch, bucket, this.#manifests.length + 1)
        await file.write(page)
        if (file.rows < Math.min(FIRST_ROWS * 2 ** this.#manifests.length, MAX_ROWS)) continue
        await this.#count(file, listing.remaining())
        file = null
      }
    } catch (error) {
      // What was listed before is kept; where it can't be, the first error says why.
      await this.#count(file, listing.remaining()).catch(() => undefined)
      throw error
    }
    await this.#count(file, [])
    this.#report('finished')
  }

  /** Finishes the manifest, which counts from here on. `left`: what is still to be listed; null where the store leaves that open. */
  async #count(file: ListedFile | null, left: readonly KeyRange[] | null): Promise<void> {
    const { directory, of, scratch } = this.#parts
    const manifest = await file?.finish()
    const manifests = manifest === undefined ? this.#manifests : [...this.#manifests, manifest]
    const checkpoint =
      left && ({ version: 1, of, startedAt: this.#startedAt, manifests, ranges: left } as const)
    if (scratch === undefined) await writeCheckpoint(directory, checkpoint)
    this.#ranges = left ?? wholeOf(this.#parts)
    if (manifest !== undefined) this.#manifests.push(manifest)
    this.#ring()
  }

  /** Waits where the store may answer again later, and gives up otherwise. */
  async #bear(error: unknown, signal: AbortSignal): Promise<void> {
    const { patienceMs, onEvent } = this.#parts
    const silentMs = this.#lastPageAt === null ? Infinity : performance.now() - this.#lastPageAt
    if (!isPassing(error) || silentMs > patienceMs) {
      this.#failure = asListingError(error)
      return
    }
    onEvent({
      type: 'warning',
      code: 'LAGOON_SYNC_LISTING_INTERRUPTED',
      message: `the listing was interrupted and will be retried: ${describeError(error).message}`,
    })
    await sleep(RETRY_MS, signal)
  }

  #report(status: ListingEvent['status']): void {
    const { bucket, prefix, onEvent } = this.#parts
    const objects = this.#manifests.reduce((sum, { rows }) => sum + rows, 0)
    onEvent({ type: 'listing', status, bucket, prefix, objects, startedAt: this.#startedAt })
    if (objects > 0 || (status !== 'finished' && status !== 'kept')) return
    onEvent({
      type: 'warning',
      code: 'LAGOON_SYNC_NOTHING_LISTED',
      message: `the bucket ${bucket} holds no object${prefix === '' ? '' : ` under ${JSON.stringify(prefix)}`}`,
      hint: 'Check the bucket and the prefix.',
    })
  }

  #ring(): void {
    this.#bell.resolve()
    this.#bell = Promise.withResolvers<void>()
  }
}

function wholeOf({ prefix }: ListingParts): KeyRange[] {
  return [{ prefix, after: '', last: null }]
}

function asListingError(error: unknown): SyncError {
  const { code, message, hint, reason } = asSyncError(error, 'listing')
  const { cause } = (error ?? {}) as { cause?: { code?: unknown } }
  const isFull = FULL.has(cause?.code)
  return new SyncError(code, message, {
    cause: error,
    reason: isFull ? 'disk-full' : reason,
    ...(hint === undefined ? {} : { hint }),
  })
}
