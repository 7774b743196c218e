import { type ManifestColumns, chooseColumns } from './choose-columns.js'
import { damageError } from '../damage-error.js'
import { ManifestError } from '../errors.js'
import { KeyRules } from '../rows/key-rules.js'
import type { ManifestReader } from '../manifest-reader.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'
import { type OpenOptions, resolveOpenOptions } from '../options.js'
import { ParquetManifest } from './parquet-manifest.js'
import type { Footer } from '../parquet/footer/footer.js'
import type { SchemaElement } from '../parquet/footer/schema-element.js'
import { planRowGroups } from '../parquet/plan-row-groups.js'
import { RangedFile } from '../parquet/ranged-file.js'
import { readFooter } from '../parquet/read-footer.js'
import { type Leaf, leavesOf } from '../parquet/footer/schema.js'
import type { CompiledFilter } from '../rows/row-filter.js'
import { TOTAL_BYTES_METADATA } from './total-bytes-metadata.js'

/**
 * Opens a Parquet manifest: reads its footer (one request, two if it is large) and checks what it states. No key is read yet. Throws
 * `ManifestError`, or the reason of the signal.
 */
export async function openManifest(
  store: ManifestStore,
  ref: ManifestRef,
  options: OpenOptions,
): Promise<ManifestReader> {
  const { bucket, column, filter, currentOnly, oneVersion, signal } = resolveOpenOptions(options)
  const file = new RangedFile(store, ref)
  try {
    let leaves: Leaf[] = []
    let columns: ManifestColumns | undefined
    const choose = (schema: readonly SchemaElement[]): ManifestColumns => {
      leaves = leavesOf(schema)
      const chosen = chooseColumns(ref.key, leaves, column, {
        lastModified: filter?.needsLastModified ?? false,
        versions: currentOnly,
      })
      expectFilterColumns(ref.key, chosen, filter)
      return chosen
    }
    const { footer, footerStart } = await readFooter(
      file,
      (schema) => {
        columns = choose(schema)
        return new Set(wantedLeaves(columns).map(({ index }) => index))
      },
      signal,
    )
    // A file without row groups may omit the list.
    columns ??= choose(footer.schema)
    columns = readableColumns(columns, footer, filter)
    const wanted = wantedLeaves(columns)
    const groups = planRowGroups(footer, leaves, wanted, { sizeBytes: ref.sizeBytes, footerStart })
    const noted = footer.metadata.get(TOTAL_BYTES_METADATA)
    const bytes = noted !== undefined && /^\d{1,15}$/.test(noted) ? Number(noted) : null
    const rules = new KeyRules(bucket)
    const { rows } = footer
    return new ParquetManifest({ file, columns, groups, rows, bytes, rules, filter, currentOnly, oneVersion })
  } catch (error) {
    throw damageError(error, ref.key, 'footer')
  }
}

/**
 * The columns without those that contain nothing: details that are encrypted while the key is not, and versions if each row's is
 * missing. Columns that say which object to copy, and where to, are always needed.
 */
function readableColumns(
  columns: ManifestColumns,
  footer: Footer,
  filter: CompiledFilter | null,
): ManifestColumns {
  const chunksOf = ({ index }: Leaf) => footer.rowGroups.map(({ chunks }) => chunks.get(index))
  const readable = (leaf: Leaf | null, needed: boolean | undefined): Leaf | null =>
    leaf && !needed && chunksOf(leaf).some((chunk) => chunk?.encrypted) ? null : leaf
  const { size, etag, lastModified, versionId, bucket } = columns
  const hasVersions =
    versionId !== null && !chunksOf(versionId).every((chunk) => chunk && chunk.nulls === chunk.values)
  return {
    ...columns,
    size: readable(size, filter?.needsSize),
    etag: readable(etag, false),
    bucket: readable(bucket, false),
    lastModified: readable(lastModified, filter?.needsLastModified),
    versionId: hasVersions ? versionId : null,
  }
}

function wantedLeaves(columns: ManifestColumns): Leaf[] {
  return Object.values(columns).filter((leaf): leaf is Leaf => leaf !== null)
}

/** A filter on a missing column would match nothing, without saying why. */
function expectFilterColumns(
  manifest: string,
  columns: ManifestColumns,
  filter: CompiledFilter | null,
): void {
  const missing =
    filter?.needsSize && !columns.size
      ? 'size'
      : filter?.needsLastModified && !columns.lastModified
        ? 'last_modified'
        : null
  if (!missing) return
  throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
    message: `${manifest}: the filter needs a column "${missing}", which does not exist or can't be read as such`,
    hint: 'Remove this condition from the filter, or add the column to the manifest.',
  })
}
