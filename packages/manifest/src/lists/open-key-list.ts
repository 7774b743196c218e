import { ManifestError } from '../errors.js'
import type { KeyBatch } from '../rows/key-batch.js'
import { KeyRules } from '../rows/key-rules.js'
import { VersionRules } from '../rows/version-rules.js'
import type { KeyReader } from '../manifest-reader.js'
import {
  type OpenOptions,
  type ResolvedOpenOptions,
  resolveBatchOptions,
  resolveOpenOptions,
} from '../options.js'
import { JsonSplitter } from './json-splitter.js'
import type { KeyListSource } from './key-list-source.js'
import { type ListFormat, type ListFormatName, listFormat } from './list-format.js'
import { isEnoughToRecognise, readHead } from './list-head.js'
import { columnsOfHeader } from './list-header.js'
import { ListRows } from './list-rows.js'
import { peekStream } from './peek-stream.js'
import { recogniseList } from './recognise-list.js'
import { RecordSplitter, type SplitRecord } from './record-splitter.js'
import { refuseForeign, refuseNul, refuseSymlinks } from './refuse-foreign.js'
import { RowParser } from './row-parser.js'
import { unpackStream } from './unpack-stream.js'

/** How to open a key list. */
export interface KeyListOptions extends OpenOptions {
  /** `auto`: by the source's name and its first line, when it is read. Default: by the source's name, else `text`. */
  format?: ListFormatName | 'auto'
  /** Return `lastModifieds` if the list has them. Default: only if a filter needs them. */
  lastModified?: boolean
}

/**
 * Opens a list of keys as text: plain lines, JSON lines, JSON, CSV, S3 Batch Operations and its reports, DataSync; optionally
 * compressed with GZIP or Zstandard. It is read in one stream, a batch at a time. Every `LIST_GROUP_ROWS` rows count as a row group, so
 * that a resumed run can skip what it settled. A line that can't be parsed is a row with a problem; the other rows are read.
 *
 * Throws `LAGOON_MANIFEST_INVALID_OPTION`; while reading, also `LAGOON_MANIFEST_LIST_CORRUPT`, `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` for
 * what is not a list of keys, and errors of columns and reading.
 */
export function openKeyList(source: KeyListSource, options: KeyListOptions): KeyReader {
  const { format, lastModified = false } = options
  const known = format === 'auto' ? null : listFormat(format, source.name)
  return readerOf(source, known, resolveOpenOptions(options), lastModified)
}

/** A reader of a list whose format is fully known, or `null`: still to be recognised. `times`: return them. */
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
    selective: true,
    batches: (batchOptions = {}) =>
      readBatches({ source, format, options, times, reading: resolveBatchOptions(batchOptions, null) }),
  }
}

interface ListReading {
  source: KeyListSource
  format: ListFormat | null
  options: ResolvedOpenOptions
  times: boolean
  reading: ReturnType<typeof resolveBatchOptions>
}

async function* readBatches(list: ListReading): AsyncGenerator<KeyBatch, void, undefined> {
  const { source, options, times, reading } = list
  const { name } = source
  const { signal } = reading
  signal?.throwIfAborted()
  const { head, whole } = await peekStream(unpackStream(name, source.open(signal)), isEnoughToRecognise)
  if (head.length === 0 && !source.mayBeEmpty) throw emptyList(name)
  const { format, skipped } = dialect(list, head)
  const ready: KeyBatch[] = []
  let rows: ListRows | null = null
  const begin = (all: NonNullable<ListFormat['columns']>): ListRows => {
    const { bucket, filter, currentOnly, oneVersion, column } = options
    const withTimes = times || filter?.needsLastModified === true
    const columns = all.map((one) => (one === 'lastModified' && !withTimes ? 'other' : one))
    const parser = new RowParser({
      rules: new KeyRules(bucket),
      bucket,
      format,
      columns,
      column,
      times: withTimes,
    })
    const versions = new VersionRules({
      currentOnly,
      oneVersion,
      versioned: format.columns === null && columns.includes('versionId'),
    })
    return new ListRows({ name, parser, versions, filter, format, columns, times, reading }, (batch) =>
      ready.push(batch),
    )
  }
  if (format.columns) rows = begin(format.columns)
  let left = skipped
  const onRecord = (record: SplitRecord): void => {
    if (left > 0) left -= 1
    else if (rows) rows.add(record)
    else rows = begin(columnsOfHeader(name, fieldsOf(record), options.column))
  }
  const splitter = format.records
    ? new RecordSplitter(format.records, onRecord)
    : new JsonSplitter(name, onRecord)
  let offset = 0
  for await (const bytes of whole) {
    refuseNul(name, bytes, offset)
    offset += bytes.length
    splitter.push(bytes)
    yield* ready.splice(0)
    signal?.throwIfAborted()
    // TypeScript does not see that `onRecord` assigns it.
    if ((rows as ListRows | null)?.isOver) return
  }
  if (!splitter.end()) throw cutShort(name, splitter.line, format)
  const last = (rows as ListRows | null)?.end()
  yield* ready.splice(0)
  if (last) yield last
}

/** The format with what only its beginning shows: the byte between fields, and how lines end. `skipped`: records before the header. */
function dialect(
  { source: { name }, format: known, options }: ListReading,
  bytes: Buffer,
): { format: ListFormat; skipped: number } {
  refuseForeign(name, bytes)
  const head = readHead(bytes, options.column)
  if (known?.name !== 'text') refuseSymlinks(name, head.firstLine)
  const format = known ?? recogniseList(name, head, options)
  const { records } = format
  if (!records) return { format, skipped: 0 }
  const isTable = records.delimiter !== null
  const delimiter = isTable && (!known || format.columns === null) ? head.delimiter : records.delimiter
  return {
    // A key that contains CR is in quotes in a table; a line of text may contain it.
    format: { ...format, records: { ...records, delimiter, endsInCr: isTable || head.endsInCr } },
    skipped: isTable && head.namesDelimiter ? 1 : 0,
  }
}

function fieldsOf({ bytes, ends }: SplitRecord): string[] {
  return ends.map((end, index) => bytes.toString('utf8', index === 0 ? 0 : ends[index - 1]!, end))
}

function emptyList(name: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: is empty: it has no bytes`,
    hint: 'Write it again, or omit it if there is nothing to copy.',
  })
}

function cutShort(name: string, line: number, { records }: ListFormat): ManifestError {
  const what = records ? 'a quote that is opened in the record' : 'the JSON value that begins'
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${name}: ${what} at line ${line} is never closed`,
    hint: `The file is truncated${records ? ', or a quote inside a field is not doubled' : ''}: write it again.`,
  })
}
