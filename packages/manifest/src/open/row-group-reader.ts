import type { ManifestColumns } from './choose-columns.js'
import type { KeyBatch } from '../rows/key-batch.js'
import type { KeyRules } from '../rows/key-rules.js'
import {
  type ColumnPlace,
  type IntegerColumn,
  type TextColumn,
  openIntegerColumn,
  openTextColumn,
} from './open-column.js'
import type { Annotation } from '../parquet/footer/schema-element.js'
import type { Leaf } from '../parquet/footer/schema.js'
import { EtagSink, KeySink, NumberSink, SizeSink, StringSink } from './row-sinks.js'
import { selectRows } from '../rows/select-rows.js'

/** A column that is read, and where its values of a batch go. */
interface ReadColumn {
  leaf: Leaf
  prefetch(): void
  /** Offset in the file, for messages. */
  position(): number
  read(rows: number): Promise<void>
}

/** What a unit of time is in milliseconds. */
const MILLISECONDS: Partial<Record<Exclude<Annotation, null>, number>> = {
  TIMESTAMP_MICROS: 1e-3,
  TIMESTAMP_NANOS: 1e-6,
}

/** Reads the wanted columns of one row group side by side. */
export class RowGroupReader {
  readonly index: number
  readonly #key: TextColumn
  readonly #columns: ReadColumn[] = []
  readonly #rules: KeyRules
  #nextRow: number
  /** The column that is being read: for messages. */
  #reading = 0
  #sinks: Sinks = {}
  #keys: KeySink

  constructor(place: ColumnPlace, columns: ManifestColumns, index: number, rules: KeyRules) {
    this.index = index
    this.#rules = rules
    this.#nextRow = place.group.firstRow
    this.#keys = new KeySink(rules)
    this.#key = openTextColumn(place, columns.key)
    this.#add(columns.key, this.#key, (rows) => this.#key.read(rows, this.#keys))
    this.#addText(place, columns.etag, () => (this.#sinks.etags = new EtagSink()))
    this.#addText(place, columns.versionId, () => (this.#sinks.versionIds = new StringSink()))
    this.#addText(place, columns.destinationKey, () => (this.#sinks.destinationKeys = new StringSink()))
    this.#addInteger(place, columns.size, () => (this.#sinks.sizes = new SizeSink()))
    const scale = MILLISECONDS[columns.lastModified?.annotation ?? 'OTHER'] ?? 1
    this.#addInteger(place, columns.lastModified, () => (this.#sinks.lastModifieds = new NumberSink(scale)))
    this.#addInteger(place, columns.isLatest, () => (this.#sinks.latest = new NumberSink()))
    this.#addInteger(place, columns.isDeleteMarker, () => (this.#sinks.deleted = new NumberSink()))
  }

  /** Begins to fetch every column. */
  prefetch(): void {
    for (const column of this.#columns) column.prefetch()
  }

  /** The next rows, without old versions and delete markers. `last`: no row may be left after them. */
  async read(rows: number, last: boolean): Promise<KeyBatch> {
    const firstRow = this.#nextRow
    this.#sinks = {}
    const keys = (this.#keys = new KeySink(this.#rules))
    for (const [index, column] of this.#columns.entries()) {
      this.#reading = index
      await column.read(rows)
    }
    this.#nextRow += rows
    if (last) {
      this.#reading = 0
      await this.#key.expectEnd()
    }
    const { sizes, etags, versionIds, destinationKeys, lastModifieds, latest, deleted } = this.#sinks
    const batch: KeyBatch = {
      rowGroup: this.index,
      firstRow,
      lastOfRowGroup: last,
      keys: keys.keys,
      problems: keys.problems,
      ...(sizes && { sizes: sizes.values }),
      ...(etags && { etags: etags.values }),
      ...(versionIds && { versionIds: versionIds.values }),
      ...(destinationKeys && { destinationKeys: destinationKeys.values }),
      ...(lastModifieds && { lastModifieds: lastModifieds.values }),
    }
    if (!latest && !deleted) return batch
    return selectRows(batch, (index) => latest?.values[index] !== 0 && deleted?.values[index] !== 1)
  }

  /** Where reading is, for messages. */
  describe(): string {
    const { leaf, position } = this.#columns[this.#reading]!
    return `column ${leaf.path} of row group ${this.index + 1} (row ${this.#nextRow + 1}, byte ${position()})`
  }

  #addText(place: ColumnPlace, leaf: Leaf | null, sink: () => StringSink): void {
    if (!leaf) return
    const column = openTextColumn(place, leaf)
    this.#add(leaf, column, (rows) => column.read(rows, sink()))
  }

  #addInteger(place: ColumnPlace, leaf: Leaf | null, sink: () => SizeSink | NumberSink): void {
    if (!leaf) return
    const column = openIntegerColumn(place, leaf)
    this.#add(leaf, column, (rows) => column.read(rows, sink()))
  }

  #add(leaf: Leaf, column: TextColumn | IntegerColumn, read: (rows: number) => Promise<void>): void {
    this.#columns.push({ leaf, read, prefetch: () => column.prefetch(), position: () => column.position })
  }
}

interface Sinks {
  sizes?: SizeSink
  etags?: EtagSink
  versionIds?: StringSink
  destinationKeys?: StringSink
  lastModifieds?: NumberSink
  latest?: NumberSink
  deleted?: NumberSink
}
