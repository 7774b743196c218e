import type { ManifestColumns } from './choose-columns.js'
import type { KeyBatch } from '../rows/key-batch.js'
import type { KeyRules } from '../rows/key-rules.js'
import {
  type ColumnContext,
  type IntegerColumn,
  type TextColumn,
  openIntegerColumn,
  openTextColumn,
} from './open-column.js'
import type { Annotation } from '../parquet/footer/schema-element.js'
import type { Leaf } from '../parquet/footer/schema.js'
import {
  DISCARD,
  EtagSink,
  FlagSink,
  KeySink,
  NumberTextSink,
  OtherBucketSink,
  PresenceSink,
  SizeSink,
  StringSink,
  TextFlagSink,
  TimeSink,
} from './row-sinks.js'
import { sizeOfText, timeOfText } from '../rows/detail-values.js'
import type { IntegerSink, TextSink } from '../parquet/values/value-sink.js'
import { judgeRows } from '../rows/judge-rows.js'
import type { VersionRules } from '../rows/version-rules.js'

/** A column to read, and where its values of a batch go. */
interface ReadColumn {
  leaf: Leaf
  prefetch(): void
  /** Offset in the file, for messages. */
  position(): number
  read(rows: number): Promise<void>
  skip(rows: number): Promise<void>
}

/** The rules for rows. */
export interface RowRules {
  keys: KeyRules
  /** `null` if no column says anything about versions. */
  versions: VersionRules | null
}

/** What a unit of time is in milliseconds. */
const MILLISECONDS: Partial<Record<Exclude<Annotation, null>, number>> = {
  DATE: 86_400_000,
  TIMESTAMP_MILLIS: 1,
  TIMESTAMP_MICROS: 1e-3,
  TIMESTAMP_NANOS: 1e-6,
}

function unitOf({ type, annotation }: Leaf): number | null {
  return type === 'INT96' ? 1 : (MILLISECONDS[annotation ?? 'OTHER'] ?? null)
}

/** Reads the wanted columns of one row group side by side. */
export class RowGroupReader {
  readonly index: number
  readonly #key: TextColumn
  readonly #columns: ReadColumn[] = []
  readonly #rules: KeyRules
  readonly #versions: VersionRules | null
  #nextRow: number
  /** The column that is being read: for messages. */
  #reading = 0
  #sinks: Sinks = {}
  #keys: KeySink

  constructor(context: ColumnContext, columns: ManifestColumns, index: number, rules: RowRules) {
    this.index = index
    this.#rules = rules.keys
    this.#versions = rules.versions
    this.#nextRow = context.group.firstRow
    this.#keys = new KeySink(rules.keys)
    this.#key = openTextColumn(context, columns.key)
    this.#add(columns.key, this.#key, (rows) => this.#key.read(rows, this.#keys))
    this.#addText(context, columns.etag, () => (this.#sinks.etags = new EtagSink()))
    this.#addText(context, columns.versionId, () => (this.#sinks.versionIds = new StringSink()))
    this.#addText(context, columns.destinationKey, () => (this.#sinks.destinationKeys = new StringSink()))
    const { size, lastModified, timeDeleted } = columns
    if (holdsBytes(size)) {
      this.#addText(context, size, () => (this.#sinks.sizes = new NumberTextSink(sizeOfText)))
    } else this.#addInteger(context, size, () => (this.#sinks.sizes = new SizeSink()))
    if (holdsBytes(lastModified)) {
      this.#addText(context, lastModified, () => (this.#sinks.lastModifieds = new NumberTextSink(timeOfText)))
    } else if (lastModified) {
      const unit = unitOf(lastModified)
      this.#addInteger(context, lastModified, () => (this.#sinks.lastModifieds = new TimeSink(unit)))
    }
    this.#addFlag(context, columns.isLatest, (sink) => (this.#sinks.latest = sink))
    this.#addFlag(context, columns.isDeleteMarker, (sink) => (this.#sinks.deleted = sink))
    const replaced = (): PresenceSink => (this.#sinks.replaced = new PresenceSink())
    if (holdsBytes(timeDeleted)) this.#addText(context, timeDeleted, replaced)
    else this.#addInteger(context, timeDeleted, replaced)
    const { bucket } = rules.keys
    this.#addText(context, columns.bucket, () => (this.#sinks.elsewhere = new OtherBucketSink(bucket)))
  }

  /** Begins to fetch every column. */
  prefetch(): void {
    for (const column of this.#columns) column.prefetch()
  }

  /** Skips the next rows. */
  async skip(rows: number): Promise<void> {
    if (rows === 0) return
    for (const [index, column] of this.#columns.entries()) {
      this.#reading = index
      await column.skip(rows)
    }
    this.#nextRow += rows
  }

  /** The next rows, without old versions and delete markers. `last`: the last wanted ones. `atEnd`: no row may follow them. */
  async read(rows: number, { last, atEnd }: { last: boolean; atEnd: boolean }): Promise<KeyBatch> {
    const firstRow = this.#nextRow
    this.#sinks = {}
    const keys = (this.#keys = new KeySink(this.#rules))
    for (const [index, column] of this.#columns.entries()) {
      this.#reading = index
      await column.read(rows)
    }
    this.#nextRow += rows
    if (atEnd) {
      this.#reading = 0
      await this.#key.expectEnd()
    }
    const { sizes, etags, versionIds, destinationKeys, lastModifieds } = this.#sinks
    const { latest, deleted, replaced, elsewhere } = this.#sinks
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
    if (!this.#versions && !elsewhere) return batch
    const flags = {
      latest: latest?.values,
      deleted: deleted?.values,
      replaced: replaced?.values,
      elsewhere: elsewhere?.values,
    }
    return judgeRows(batch, flags, { bucket: this.#rules.bucket, versions: this.#versions })
  }

  /** The present position, for messages. */
  describe(): string {
    const { leaf, position } = this.#columns[this.#reading]!
    return `column ${leaf.path} of row group ${this.index + 1} (row ${this.#nextRow + 1}, byte ${position()})`
  }

  #addText(context: ColumnContext, leaf: Leaf | null, sink: () => TextSink): void {
    if (!leaf) return
    const column = openTextColumn(context, leaf)
    this.#add(leaf, column, (rows) => column.read(rows, sink()))
  }

  #addInteger(context: ColumnContext, leaf: Leaf | null, sink: () => IntegerSink): void {
    if (!leaf) return
    const column = openIntegerColumn(context, leaf)
    this.#add(leaf, column, (rows) => column.read(rows, sink()))
  }

  #addFlag(context: ColumnContext, leaf: Leaf | null, keep: (sink: FlagSink | TextFlagSink) => void): void {
    const collect = <Sink extends FlagSink | TextFlagSink>(sink: Sink): Sink => {
      keep(sink)
      return sink
    }
    if (holdsBytes(leaf)) this.#addText(context, leaf, () => collect(new TextFlagSink()))
    else this.#addInteger(context, leaf, () => collect(new FlagSink()))
  }

  #add(leaf: Leaf, column: TextColumn | IntegerColumn, read: (rows: number) => Promise<void>): void {
    this.#columns.push({
      leaf,
      read,
      skip: (rows) => column.skip(rows, DISCARD),
      prefetch: () => column.prefetch(),
      position: () => column.position,
    })
  }
}

function holdsBytes(leaf: Leaf | null): boolean {
  return leaf?.type === 'BYTE_ARRAY'
}

interface Sinks {
  sizes?: SizeSink | NumberTextSink
  etags?: EtagSink
  versionIds?: StringSink
  destinationKeys?: StringSink
  lastModifieds?: TimeSink | NumberTextSink
  latest?: FlagSink | TextFlagSink
  deleted?: FlagSink | TextFlagSink
  replaced?: PresenceSink
  elsewhere?: OtherBucketSink
}
