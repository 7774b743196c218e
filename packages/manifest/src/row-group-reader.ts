import type { ManifestColumns } from './choose-columns.js'
import type { KeyBatch } from './key-batch.js'
import type { KeyRules } from './key-rules.js'
import { ChunkBytes } from './parquet/chunk-bytes.js'
import { ColumnReader, type ValueKind } from './parquet/column-reader.js'
import { integerDictionary, integerValues } from './parquet/integer-values.js'
import type { PlannedRowGroup } from './parquet/plan-row-groups.js'
import type { RangedFile } from './parquet/ranged-file.js'
import type { Leaf } from './parquet/schema.js'
import { type TextDictionary, textDictionary, textValues } from './parquet/text-values.js'
import type { IntegerSink, TextSink } from './parquet/value-sink.js'
import { EtagSink, KeySink, SizeSink, StringSink } from './row-sinks.js'

const TEXT: ValueKind<TextSink, TextDictionary> = { dictionary: textDictionary, values: textValues }

type TextColumn = ColumnReader<TextSink, TextDictionary>
type IntegerColumn = ColumnReader<IntegerSink, Float64Array>

/** Reads the wanted columns of one row group side by side. */
export class RowGroupReader {
  readonly index: number
  readonly #rules: KeyRules
  readonly #key: TextColumn
  readonly #size: IntegerColumn | null
  readonly #etag: TextColumn | null
  readonly #versionId: TextColumn | null
  readonly #destinationKey: TextColumn | null
  readonly #all: readonly { readonly leaf: Leaf; readonly reader: TextColumn | IntegerColumn }[]
  #nextRow: number
  /** The column that is being read: for messages. */
  #reading = 0

  constructor(
    file: RangedFile,
    columns: ManifestColumns,
    group: PlannedRowGroup,
    index: number,
    rules: KeyRules,
    signal: AbortSignal,
  ) {
    this.index = index
    this.#rules = rules
    this.#nextRow = group.firstRow
    const all: { leaf: Leaf; reader: TextColumn | IntegerColumn }[] = []
    this.#all = all
    const open = <Sink extends { missing(count: number): void }, Dictionary>(
      leaf: Leaf,
      kind: ValueKind<Sink, Dictionary>,
    ): ColumnReader<Sink, Dictionary> => {
      const chunk = group.chunks.get(leaf.index)!
      return new ColumnReader(new ChunkBytes(file, chunk, signal), leaf, chunk.codec, kind)
    }
    const text = (leaf: Leaf | null): TextColumn | null => {
      if (!leaf) return null
      const reader = open(leaf, TEXT)
      all.push({ leaf, reader })
      return reader
    }
    this.#key = text(columns.key)!
    this.#etag = text(columns.etag)
    this.#versionId = text(columns.versionId)
    this.#destinationKey = text(columns.destinationKey)
    this.#size = null
    if (columns.size) {
      const { type } = columns.size
      this.#size = open<IntegerSink, Float64Array>(columns.size, {
        dictionary: (page, size) => integerDictionary(type, page, size),
        values: (encoding, page, start, dictionary) => integerValues(type, encoding, page, start, dictionary),
      })
      all.push({ leaf: columns.size, reader: this.#size })
    }
  }

  /** Begins to fetch every column. */
  prefetch(): void {
    for (const { reader } of this.#all) reader.prefetch()
  }

  /** The next rows. `last`: no row may be left after them. */
  async read(rows: number, last: boolean): Promise<KeyBatch> {
    const firstRow = this.#nextRow
    const keys = new KeySink(this.#rules)
    const sizes = this.#size && new SizeSink()
    const etags = this.#etag && new EtagSink()
    const versionIds = this.#versionId && new StringSink()
    const destinationKeys = this.#destinationKey && new StringSink()
    this.#reading = 0
    await this.#key.read(rows, keys)
    this.#nextRow += rows
    for (const [reader, sink] of [
      [this.#etag, etags],
      [this.#versionId, versionIds],
      [this.#destinationKey, destinationKeys],
    ] as const) {
      if (!reader || !sink) continue
      this.#reading++
      await reader.read(rows, sink)
    }
    if (this.#size && sizes) {
      this.#reading++
      await this.#size.read(rows, sizes)
    }
    if (last) {
      this.#reading = 0
      await this.#key.expectEnd()
    }
    return {
      rowGroup: this.index,
      firstRow,
      lastOfRowGroup: last,
      keys: keys.keys,
      problems: keys.problems,
      ...(sizes && { sizes: sizes.values }),
      ...(etags && { etags: etags.values }),
      ...(versionIds && { versionIds: versionIds.values }),
      ...(destinationKeys && { destinationKeys: destinationKeys.values }),
    }
  }

  /** Where reading is, for messages. */
  describe(): string {
    const { leaf, reader } = this.#all[this.#reading]!
    return `column ${leaf.path} of row group ${this.index + 1} (row ${this.#nextRow + 1}, byte ${reader.position})`
  }
}
