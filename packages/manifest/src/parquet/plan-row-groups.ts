import { Damage, corrupt } from './bytes/damage.js'
import type { Footer } from './footer/footer.js'
import type { ChunkMeta, Codec } from './footer/row-group-meta.js'
import type { Leaf } from './footer/schema.js'

/** Where a column of a row group is, checked against the file. */
interface PlannedChunk {
  start: number
  end: number
  /** How far its last page may reach. */
  limit: number
  codec: Codec | null
}

/** A row group whose counts and offsets have been checked. */
export interface PlannedRowGroup {
  rows: number
  /** Rows of the manifest before this group. */
  firstRow: number
  /** By the index of the leaf. */
  chunks: ReadonlyMap<number, PlannedChunk>
}

/**
 * A file of repeated or missing values may have very many rows in very few bytes. A count beyond this is false, and believing it would
 * keep the reader busy forever.
 */
const FREE_ROWS = 16 * 1024 * 1024
const MAX_ROWS_PER_BYTE = 4_096

/** Impala and parquet-mr before 1.2.9 omitted the dictionary's header from a column's size (PARQUET-816). */
const UNCOUNTED_BYTES = 100

/** Checks what a footer states against itself and the file, without reading more of it. Throws `Damage`. */
export function planRowGroups(
  footer: Footer,
  leaves: readonly Leaf[],
  wanted: readonly Leaf[],
  file: { sizeBytes: number; footerStart: number },
): PlannedRowGroup[] {
  let firstRow = 0
  const groups = footer.rowGroups.map((group, index) => {
    const where = `row group ${index + 1} of ${footer.rowGroups.length}`
    if (!isCount(group.rows)) throw corrupt(`${where} announces ${group.rows} rows`)
    if (group.leaves !== leaves.length) {
      throw corrupt(`${where} has ${group.leaves} columns where the schema has ${leaves.length}`)
    }
    const chunks = new Map<number, PlannedChunk>()
    for (const leaf of wanted) {
      const chunk = group.chunks.get(leaf.index)
      if (!chunk) throw corrupt(`${where} lacks column ${leaf.path}`)
      chunks.set(leaf.index, planChunk(chunk, leaf, group.rows, file.footerStart, where))
    }
    firstRow += group.rows
    return { rows: group.rows, firstRow: firstRow - group.rows, chunks }
  })
  if (footer.rows !== firstRow) {
    throw corrupt(`the footer announces ${footer.rows} rows, its row groups together ${firstRow}`)
  }
  if (firstRow > FREE_ROWS + file.sizeBytes * MAX_ROWS_PER_BYTE) {
    throw corrupt(`the footer announces ${firstRow} rows in a file of ${file.sizeBytes} bytes`)
  }
  return groups
}

function planChunk(
  chunk: ChunkMeta,
  leaf: Leaf,
  rows: number,
  footerStart: number,
  where: string,
): PlannedChunk {
  if (chunk.encrypted) throw new Damage('encrypted', `column ${leaf.path} is encrypted`)
  if (chunk.filePath !== null) {
    throw new Damage('encoding', `column ${leaf.path} in another file, ${JSON.stringify(chunk.filePath)}`)
  }
  if (chunk.path !== leaf.path) {
    throw corrupt(`${where} has column ${JSON.stringify(chunk.path)} in the place of ${leaf.path}`)
  }
  if (chunk.values !== rows) {
    throw corrupt(`${where} announces ${rows} rows, its column ${leaf.path} ${chunk.values} values`)
  }
  if (chunk.codec === null || chunk.codec === 'LZO') {
    throw new Damage('codec', chunk.codec ?? `codec number ${chunk.codecNumber}`)
  }
  const { dictionaryPageOffset: dictionary, dataPageOffset: data, compressedBytes } = chunk
  const start = dictionary !== null && dictionary > 0 && dictionary < data ? dictionary : data
  const end = start + compressedBytes
  const inside = isCount(start) && isCount(compressedBytes) && start >= 4 && end <= footerStart
  if (!inside && rows > 0) {
    throw corrupt(`${where} places column ${leaf.path} at bytes ${start} to ${end}, outside the file's data`)
  }
  // Writers place the columns of a row group without rows anywhere.
  if (!inside) return { start: 4, end: 4, limit: 4, codec: chunk.codec }
  return { start, end, limit: Math.min(end + UNCOUNTED_BYTES, footerStart), codec: chunk.codec }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
