import { chooseColumns } from './choose-columns.js'
import { damageError } from '../damage-error.js'
import { ManifestError } from '../errors.js'
import type { RowProblem } from '../rows/key-batch.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { openManifest } from './open-manifest.js'
import type { OpenOptions } from '../options.js'
import type { Codec } from '../parquet/footer/row-group-meta.js'
import { RangedFile } from '../parquet/ranged-file.js'
import { readFooter } from '../parquet/read-footer.js'
import { type Leaf, leavesOf } from '../parquet/footer/schema.js'

/** The content of a manifest, for people to read. */
export interface ManifestDescription {
  rows: number
  /** The program that wrote it, as it calls itself. */
  createdBy: string | null
  /** Columns, in file order. */
  columns: readonly { path: string; type: string; list: boolean }[]
  /** The column that the keys would be read from; `null` if that can't be decided, and `problem` says why. */
  keyColumn: string | null
  /** Row groups, in file order. */
  rowGroups: readonly {
    rows: number
    codec: Codec | null
    compressedBytes: number
    uncompressedBytes: number
  }[]
  /** Keys of the first rows that have one. */
  firstKeys: readonly string[]
  /** Problems of the rows that were checked, at most a hundred; `index` is the row's number in the manifest. */
  rowProblems: readonly RowProblem[]
  /** Rows that were checked. */
  rowsRead: number
  /** What prevents the manifest from being read, or `null`. */
  problem: ManifestError | null
}

/** How closely to check. */
export interface InspectOptions extends Pick<OpenOptions, 'bucket' | 'column' | 'signal'> {
  /** Keys to show. Default 10. */
  keys?: number
  /** Read every row for problems, not only the first batch. Default false. */
  everyRow?: boolean
}

const MAX_ROW_PROBLEMS = 100

/**
 * Describes a Parquet manifest: schema, rows, row groups, codecs, first keys, problems. What is wrong with it is part of the
 * description, if there is a footer to describe; without one the error is thrown.
 */
export async function inspectManifest(
  store: ManifestStore,
  ref: ManifestRef,
  options: InspectOptions,
): Promise<ManifestDescription> {
  const { bucket, column, signal, keys = 10, everyRow = false } = options
  const description = await describeFooter(store, ref, column, signal)
  const firstKeys: string[] = []
  const rowProblems: RowProblem[] = []
  let rowsRead = 0
  let { problem } = description
  try {
    const reader = await openManifest(store, ref, {
      bucket,
      currentOnly: false,
      ...(column !== undefined && { column }),
      ...(signal && { signal }),
    })
    for await (const batch of reader.batches(signal ? { signal } : {})) {
      for (const key of batch.keys) if (key !== null && firstKeys.length < keys) firstKeys.push(key)
      for (const row of batch.problems) {
        if (rowProblems.length < MAX_ROW_PROBLEMS)
          rowProblems.push({ ...row, index: batch.firstRow + row.index })
      }
      rowsRead += batch.keys.length
      if (!everyRow) break
    }
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error
    problem = error
  }
  return { ...description, problem, firstKeys, rowProblems, rowsRead }
}

async function describeFooter(
  store: ManifestStore,
  ref: ManifestRef,
  column: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Omit<ManifestDescription, 'firstKeys' | 'rowProblems' | 'rowsRead'>> {
  let leaves: Leaf[] = []
  let key: Leaf | null = null
  let problem: ManifestError | null = null
  try {
    const { footer } = await readFooter(
      new RangedFile(store, ref),
      (schema) => {
        leaves = leavesOf(schema)
        try {
          key = chooseColumns(ref.key, leaves, column).key
        } catch (error) {
          if (!(error instanceof ManifestError)) throw error
          problem = error
        }
        return new Set(key ? [key.index] : [0])
      },
      signal,
    )
    if (leaves.length === 0) leaves = leavesOf(footer.schema)
    const shown = key as Leaf | null
    return {
      rows: footer.rows,
      createdBy: footer.createdBy,
      columns: leaves.map((leaf) => ({
        path: leaf.path,
        type: leaf.annotation === null || leaf.annotation === 'OTHER' ? leaf.type : leaf.annotation,
        list: leaf.maxRepetitionLevel > 0,
      })),
      keyColumn: shown?.path ?? null,
      rowGroups: footer.rowGroups.map(({ rows, chunks }) => {
        const chunk = chunks.get(shown?.index ?? 0)
        const { codec = null, compressedBytes = 0, uncompressedBytes = 0 } = chunk ?? {}
        return { rows, codec, compressedBytes, uncompressedBytes }
      }),
      problem,
    }
  } catch (error) {
    throw damageError(error, ref.key, 'footer')
  }
}
