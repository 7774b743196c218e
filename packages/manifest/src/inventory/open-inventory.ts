import { type Hash, createHash } from 'node:crypto'
import { ManifestError } from '../errors.js'
import type { KeyReader } from '../manifest-reader.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { openManifest } from '../open/open-manifest.js'
import { type OpenOptions, resolveOpenOptions } from '../options.js'
import { RangedFile } from '../parquet/ranged-file.js'
import {
  type InventoryDocument,
  type InventoryFile,
  inventoryColumns,
  parseInventory,
  refuseReport,
} from './inventory-document.js'
import { type KeyListSource, objectSource } from '../lists/key-list-source.js'
import { readerOf } from '../lists/open-key-list.js'

/** The largest manifest.json that is read: each data file takes some 200 bytes of it. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024

/** A delivery of S3 Inventory whose checksum has been verified. */
export interface Inventory {
  /** The bucket that was listed. */
  sourceBucket: string
  format: 'CSV' | 'Parquet'
  /** When S3 began to list. */
  createdAt: Date | null
  /** The data files; each is a manifest. */
  files: readonly InventoryFile[]
  /**
   * Opens one of the files. Delete markers and versions that are not the latest are left out, unless `currentOnly` is false. Throws
   * `LAGOON_MANIFEST_FILE_MISSING`, `LAGOON_MANIFEST_CHANGED`, and what opening and reading throw; a CSV file whose bytes don't match
   * its MD5 throws `LAGOON_MANIFEST_LIST_CORRUPT` at its end.
   */
  openFile(file: InventoryFile, options?: Omit<OpenOptions, 'bucket' | 'column'>): Promise<KeyReader>
}

/**
 * Opens a delivery of S3 Inventory by its `manifest.json`
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-inventory-location.html) and verifies it against the
 * `manifest.checksum` beside it. `bucket`: the bucket whose keys are wanted.
 *
 * Throws `LAGOON_MANIFEST_LIST_CORRUPT`, `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` (ORC), `LAGOON_MANIFEST_OTHER_BUCKET`,
 * `LAGOON_MANIFEST_FILE_MISSING` (no checksum), and errors of reading.
 */
export async function openInventory(
  store: ManifestStore,
  ref: ManifestRef,
  { bucket, signal }: { bucket: string; signal?: AbortSignal },
): Promise<Inventory> {
  const text = await readWhole(store, ref, signal)
  refuseReport(ref.key, text)
  const checksumKey = ref.key.replace(/[^/]*$/, 'manifest.checksum')
  const checksum = await readWhole(store, await locate(store, checksumKey, ref.key, signal), signal)
  // As `md5sum` writes it, a name follows.
  const [expected] = checksum.toString('latin1').trim().toLowerCase().split(/\s/)
  if (createHash('md5').update(text).digest('hex') !== expected) throw mismatch(ref.key, checksumKey)
  const document = parseInventory(ref.key, text)
  if (document.sourceBucket !== bucket) {
    throw new ManifestError('LAGOON_MANIFEST_OTHER_BUCKET', {
      message: `${ref.key}: is the inventory of bucket ${document.sourceBucket}, not of ${bucket}`,
      hint: 'Use the inventory of the source bucket.',
    })
  }
  const { sourceBucket, format, createdAt, files } = document
  return {
    sourceBucket,
    format,
    createdAt,
    files,
    openFile: (file, options = {}) => openFile(store, ref.key, document, file, options),
  }
}

async function openFile(
  store: ManifestStore,
  inventory: string,
  document: InventoryDocument,
  file: InventoryFile,
  given: Omit<OpenOptions, 'bucket' | 'column'>,
): Promise<KeyReader> {
  const options = { currentOnly: true, ...given, bucket: document.sourceBucket }
  const ref = await locate(store, file.key, inventory, options.signal)
  if (ref.sizeBytes !== file.sizeBytes) {
    throw new ManifestError('LAGOON_MANIFEST_CHANGED', {
      message: `${file.key}: has ${ref.sizeBytes} bytes, but ${inventory} says ${file.sizeBytes}`,
      hint: 'Use the newest inventory.',
    })
  }
  if (document.format === 'Parquet') return openManifest(store, ref, { ...options, column: 'key' })
  const source = objectSource(store, ref)
  const format = {
    name: 's3-inventory-csv' as const,
    records: { delimiter: 0x2c, quotes: true },
    columns: inventoryColumns(inventory, document.schema),
    urlEncoded: true,
    json: false,
  }
  const checked = file.md5 === null ? source : withChecksum(source, file.md5, inventory)
  return readerOf(checked, format, resolveOpenOptions(options))
}

/** The same bytes; throws at their end if they differ from what was promised. */
function withChecksum(source: KeyListSource, md5: string, promisedBy: string): KeyListSource {
  return {
    name: source.name,
    mayBeEmpty: true,
    async *open(signal) {
      const hash: Hash = createHash('md5')
      for await (const bytes of source.open(signal)) {
        hash.update(bytes)
        yield bytes
      }
      if (hash.digest('hex') !== md5) throw mismatch(source.name, promisedBy)
    },
  }
}

async function locate(
  store: ManifestStore,
  key: string,
  namedBy: string,
  signal: AbortSignal | undefined,
): Promise<ManifestRef> {
  for await (const found of store.list({ prefix: key, ...(signal && { signal }) })) {
    // The key itself sorts before all others that begin with it.
    if (found.key !== key) break
    return { key, etag: found.etag.replace(/^"(.*)"$/, '$1'), sizeBytes: found.sizeBytes }
  }
  throw new ManifestError('LAGOON_MANIFEST_FILE_MISSING', {
    message: `${namedBy}: its file ${key} does not exist`,
    hint: 'The inventory is not complete, or a lifecycle rule removed a part of it; use a newer one.',
  })
}

async function readWhole(
  store: ManifestStore,
  ref: ManifestRef,
  signal: AbortSignal | undefined,
): Promise<Buffer> {
  if (ref.sizeBytes > MAX_DOCUMENT_BYTES) {
    throw new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
      message: `${ref.key}: has ${ref.sizeBytes} bytes, over the limit of ${MAX_DOCUMENT_BYTES}`,
      hint: 'Check that this is the manifest.json of an S3 Inventory.',
    })
  }
  return new RangedFile(store, ref).read(0, ref.sizeBytes, signal)
}

function mismatch(key: string, promisedBy: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${key}: does not match the MD5 in ${promisedBy}`,
    hint: 'The inventory is damaged or was partly replaced; use the newest one.',
  })
}
