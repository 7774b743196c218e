import { createReadStream } from 'node:fs'
import type { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { ManifestError } from '../errors.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { ChunkBytes } from '../parquet/chunk-bytes.js'
import { RangedFile } from '../parquet/ranged-file.js'

/** Bytes returned at a time. */
const PIECE_BYTES = 256 * 1024

/** Where the bytes of a key list come from. */
export interface KeyListSource {
  /** For messages. */
  name: string
  /** Whether an empty source means no keys instead of a lost list. Default false. */
  mayBeEmpty?: boolean
  /** The bytes from the start. A source that can be read only once throws the second time. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>
}

/** An object, read by ranges with one read ahead. If its version changes, it throws `LAGOON_MANIFEST_CHANGED`. */
export function objectSource(store: ManifestStore, ref: ManifestRef): KeyListSource {
  return {
    name: ref.key,
    async *open(signal) {
      const stop = new AbortController()
      const reads = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
      const bytes = new ChunkBytes(new RangedFile(store, ref), { start: 0, end: ref.sizeBytes }, reads)
      try {
        while (bytes.left > 0) {
          yield await bytes.take(Math.min(bytes.left, PIECE_BYTES))
          // Lets other work on this thread run.
          await setImmediate()
        }
      } finally {
        stop.abort()
      }
    },
  }
}

/** A local file. */
export function fileSource(path: string): KeyListSource {
  return {
    name: path,
    async *open(signal) {
      try {
        yield* createReadStream(path, { ...(signal && { signal }), highWaterMark: PIECE_BYTES })
      } catch (error) {
        signal?.throwIfAborted()
        throw unreadable(path, error)
      }
    },
  }
}

/** A stream that can be read once, such as `process.stdin`, which may be empty. It is destroyed when reading is abandoned. */
export function streamSource(name: string, stream: AsyncIterable<Uint8Array>): KeyListSource {
  let opened = false
  return {
    name,
    mayBeEmpty: true,
    async *open(signal) {
      if (opened) throw unreadable(name, new Error('it can be read only once'))
      opened = true
      // It is unknown when a stream will have more.
      const giveUp = (): void => void (stream as Partial<Readable>).destroy?.(signal?.reason)
      signal?.addEventListener('abort', giveUp)
      try {
        for await (const bytes of stream) {
          signal?.throwIfAborted()
          yield bytes
        }
      } catch (error) {
        signal?.throwIfAborted()
        throw unreadable(name, error)
      } finally {
        signal?.removeEventListener('abort', giveUp)
      }
    },
  }
}

function unreadable(name: string, cause: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNREADABLE', {
    message: `${name}: can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
    hint: 'Check that the file exists and is readable.',
    cause,
  })
}
