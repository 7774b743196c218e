import { randomUUID } from 'node:crypto'
import { type FileHandle, open, unlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ManifestError } from '../errors.js'
import type { KeyListSource } from './key-list-source.js'
import { type KeyListOptions, openKeyList } from './open-key-list.js'
import { peekStream } from './peek-stream.js'
import type { BatchOptions, KeyReader } from '../manifest-reader.js'
import type { ManifestStore } from '../manifest-store.js'
import { openManifest } from '../open/open-manifest.js'

/**
 * Opens the content of a stream, such as `streamSource('standard input', process.stdin)`: a key list, or Parquet. Parquet has its
 * footer at the end, so all of it is first written to a temporary file without a name, which disappears with the process. Its batches
 * can be read once.
 *
 * Throws like `openKeyList` and `openManifest`, and `LAGOON_MANIFEST_UNWRITABLE` if the temporary file can't be written.
 */
export async function openStream(source: KeyListSource, options: KeyListOptions): Promise<KeyReader> {
  const { name } = source
  const { head, whole } = await peekStream(source.open(options.signal), (seen) => seen.length >= 4)
  if (head.toString('latin1', 0, 4) !== 'PAR1') {
    return openKeyList({ ...source, open: () => whole }, options)
  }
  const { file, sizeBytes } = await keep(name, whole)
  try {
    const ref = { key: name, etag: 'kept', sizeBytes }
    return readOnce(await openManifest(storeOf(file), ref, options), file)
  } catch (error) {
    await file.close()
    throw error
  }
}

async function keep(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ file: FileHandle; sizeBytes: number }> {
  const path = join(tmpdir(), `lagoon-stream-${randomUUID()}`)
  let file: FileHandle | null = null
  try {
    file = await open(path, 'wx+')
    await unlink(path)
    let sizeBytes = 0
    for await (const piece of bytes) {
      await file.appendFile(piece)
      sizeBytes += piece.length
    }
    return { file, sizeBytes }
  } catch (cause) {
    await file?.close()
    if (cause instanceof ManifestError || (cause as { code?: unknown } | null)?.code === undefined)
      throw cause
    throw new ManifestError('LAGOON_MANIFEST_UNWRITABLE', {
      message: `${name}: can't be buffered in ${tmpdir()}: ${(cause as Error).message}`,
      hint: 'Parquet is read from its end: pass it as a file, or set TMPDIR to a directory with free space.',
      cause,
    })
  }
}

function storeOf(file: FileHandle): ManifestStore {
  return {
    async *list() {},
    async *listPrefixes() {},
    async read({ start, end }) {
      const bytes = Buffer.allocUnsafeSlow(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      return bytes.subarray(0, bytesRead)
    },
  }
}

/** The reader, whose file is closed after its batches. */
function readOnce(reader: KeyReader, file: FileHandle): KeyReader {
  const { column, rows, bytes, rowGroups, selective } = reader
  return {
    column,
    rows,
    bytes,
    rowGroups,
    selective,
    async *batches(options?: BatchOptions) {
      try {
        yield* reader.batches(options)
      } finally {
        await file.close()
      }
    },
  }
}
