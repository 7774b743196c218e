import { booleanValues } from '../parquet/values/boolean-values.js'
import { ChunkBytes } from '../parquet/chunk-bytes.js'
import { ColumnReader, type ValueKind } from '../parquet/column-reader.js'
import { corrupt } from '../parquet/bytes/damage.js'
import { integerDictionary, integerValues } from '../parquet/values/integer-values.js'
import type { PlannedRowGroup } from '../parquet/plan-row-groups.js'
import type { ByteSource } from '../parquet/byte-source.js'
import type { Leaf } from '../parquet/footer/schema.js'
import { type TextDictionary, textDictionary, textValues } from '../parquet/values/text-values.js'
import type { IntegerSink, TextSink } from '../parquet/values/value-sink.js'

export type TextColumn = ColumnReader<TextSink, TextDictionary>
export type IntegerColumn = ColumnReader<IntegerSink, Float64Array>

/** Where a column is read: which file, which row group, until when. */
export interface ColumnContext {
  file: ByteSource
  group: PlannedRowGroup
  signal: AbortSignal
}

const TEXT: ValueKind<TextSink, TextDictionary> = { dictionary: textDictionary, values: textValues }

const BOOLEAN: ValueKind<IntegerSink, Float64Array> = {
  dictionary() {
    throw corrupt('a dictionary of booleans')
  },
  values: booleanValues,
}

/** Opens a column of strings. Nothing is fetched yet. */
export function openTextColumn({ file, group, signal }: ColumnContext, leaf: Leaf): TextColumn {
  const chunk = group.chunks.get(leaf.index)!
  return new ColumnReader(new ChunkBytes(file, chunk, signal), leaf, chunk.codec, TEXT)
}

/** Opens a column of integers, of timestamps, or of booleans as 0 and 1. Nothing is fetched yet. */
export function openIntegerColumn({ file, group, signal }: ColumnContext, leaf: Leaf): IntegerColumn {
  const { type } = leaf
  const kind: ValueKind<IntegerSink, Float64Array> =
    type === 'BOOLEAN'
      ? BOOLEAN
      : {
          dictionary: (page, size) => integerDictionary(type, page, size),
          values: (encoding, page, start, dictionary) =>
            integerValues(type, encoding, page, start, dictionary),
        }
  const chunk = group.chunks.get(leaf.index)!
  return new ColumnReader(new ChunkBytes(file, chunk, signal), leaf, chunk.codec, kind)
}
