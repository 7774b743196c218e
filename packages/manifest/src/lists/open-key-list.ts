import { ManifestError } from '../errors.js'
import type { KeyBatch } from '../rows/key-batch.js'
import { KeyRules } from '../rows/key-rules.js'
import type { BatchOptions, KeyReader } from '../manifest-reader.js'
import { type OpenOptions, type ResolvedOpenOptions, resolveOpenOptions } from '../options.js'
import { BatchBuilder, LIST_GROUP_ROWS, asFilteredRow } from './batch-builder.js'
import type { KeyListSource } from './key-list-source.js'
import {
  type ListColumn,
  type ListFormat,
  type ListFormatName,
  columnsOfHeader,
  listFormat,
} from './list-format.js'
import { peekStream } from './peek-stream.js'
import { isEnoughToRecognise, recogniseList } from './recognise-list.js'
import { RecordSplitter, type SplitRecord } from './record-splitter.js'
import { RowParser } from './row-parser.js'
import { unpackStream } from './unpack-stream.js'

/** How a key list is opened. */
export interface KeyListOptions extends OpenOptions {
  /** `auto`: by the source's name and its first line, when it is read. Default: by the source's name, else `text`. */
  format?: ListFormatName | 'auto'
  /** Give `lastModifieds` where the list has them. Default: only when a filter needs them. */
  lastModified?: boolean
}

/**
 * Opens a list of keys as text: plain lines, JSON lines, CSV, S3 Batch Operations, DataSync; packed with GZIP or Zstandard
 * or not. It is read in one stream, a batch at a time; every {@link LIST_GROUP_ROWS} rows count as a row group, so that a run
 * that resumes can pass over what it settled. A line that can't be taken apart is a row with a problem; the rest goes on.
 *
 * Throws `LAGOON_MANIFEST_INVALID_OPTION`; while reading, also `LAGOON_MANIFEST_LIST_CORRUPT`, errors of columns and reading.
 */
export function openKeyList(source: KeyListSource, options: KeyListOptions): KeyReader {
  const { format, lastModified = false } = options
  const known = format === 'auto' ? null : listFormat(format, source.name)
  return readerOf(source, known, resolveOpenOptions(options), lastModified)
}

/** A reader of a list whose format is known to the last detail, or `null`: to be recognised. `times`: give them. */
export function readerOf(
  source: KeyListSource,
  format: ListFormat | null,
  options: ResolvedOpenOptions,
  times = false,
): KeyReader {
  return {
    column: options.column ?? 'key',
    rows: null,
    bytes: null,
    rowGroups: null,
    batches: (batchOptions = {}) => readBatches(source, format, options, times, batchOptions),
  }
}

async function* readBatches(
  source: KeyListSource,
  known: ListFormat | null,
  { bucket, column, filter, currentOnly }: ResolvedOpenOptions,
  times: boolean,
  { skipRowGroup, signal }: BatchOptions,
): AsyncGenerator<KeyBatch, void, undefined> {
  signal?.throwIfAborted()
  let pieces: AsyncIterable<Uint8Array> = unpackStream(source.name, source.open(signal))
  let format = known!
  if (known === null) {
    const { head, whole } = await peekStream(pieces, isEnoughToRecognise)
    pieces = whole
    format = listFormat(recogniseList(source.name, head, { bucket, column }), source.name)
  }
  const rules = new KeyRules(bucket)
  const ready: KeyBatch[] = []
  let parser: RowParser | null = null
  let builder: BatchBuilder | null = null
  let skipping = false
  const begin = (all: readonly ListColumn[]): void => {
    // Times are dear to read.
    const needsTimes = times || filter?.needsLastModified === true
    const columns = all.map((column) => (column === 'lastModified' && !needsTimes ? 'other' : column))
    parser = new RowParser(rules, bucket, format, columns)
    builder = new BatchBuilder(besideColumns(format, columns, times))
  }
  const onRecord = (record: SplitRecord): void => {
    if (!parser || !builder) return begin(columnsOfHeader(source.name, fieldsOf(record), column))
    if (builder.rows % LIST_GROUP_ROWS === 0) skipping = skipRowGroup?.(builder.rowGroup) ?? false
    const row = skipping ? null : parser.parse(record)
    const filtered = row && asFilteredRow(row)
    const taken = row && (row.current || !currentOnly) && (!filter || !filtered || filter.matches(filtered))
    const batch = builder.add(taken ? row : null)
    if (batch && !skipping) ready.push(batch)
  }
  if (format.columns) begin(format.columns)
  const splitter = new RecordSplitter(format.records, onRecord)
  let first = true
  for await (const bytes of pieces) {
    if (first) refuseWhatIsNoList(source.name, bytes)
    first = false
    splitter.push(bytes)
    yield* ready.splice(0)
    signal?.throwIfAborted()
  }
  if (first && !source.mayBeEmpty) throw emptyList(source.name)
  if (!splitter.end()) throw unclosedQuote(source.name, splitter.line)
  yield* ready.splice(0)
  const rest = builder as BatchBuilder | null
  if (rest && rest.rows % LIST_GROUP_ROWS > 0 && !skipping) yield rest.take(true)
}

function besideColumns(format: ListFormat, columns: readonly ListColumn[], times: boolean) {
  const has = (column: ListColumn): boolean => format.json || columns.includes(column)
  return {
    size: has('size'),
    etag: has('etag'),
    versionId: has('versionId'),
    destinationKey: has('destinationKey'),
    lastModified: times && has('lastModified'),
  }
}

function fieldsOf({ bytes, ends }: SplitRecord): string[] {
  return ends.map((end, index) => bytes.toString('utf8', index === 0 ? 0 : ends[index - 1]!, end))
}

function refuseWhatIsNoList(name: string, bytes: Uint8Array): void {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4_096)).toString('latin1')
  if (head.startsWith('PAR1')) {
    throw new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
      message: `${name}: is a Parquet file, not a list of keys`,
      hint: 'Open it as a Parquet manifest.',
    })
  }
  if (/^\s*\{/.test(head) && head.includes('"sourceBucket"') && head.includes('"fileFormat"')) {
    throw new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
      message: `${name}: is the manifest.json of an S3 Inventory, not a list of keys`,
      hint: 'Name it as manifest.json where it lies, in a bucket or beside its data files: by itself it holds no keys.',
    })
  }
}

function emptyList(name: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: is empty: it holds not a single byte`,
    hint: 'Write it again, or leave it out if it is to name nothing.',
  })
}

function unclosedQuote(name: string, line: number): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: a quote that is opened in the record at line ${line} is never closed`,
    hint: 'The file is cut short, or a quote inside a field is not doubled: write it again.',
  })
}
