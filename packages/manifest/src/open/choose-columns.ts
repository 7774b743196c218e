import { ManifestError } from '../errors.js'
import { isIntegerType } from '../parquet/values/integer-values.js'
import type { Leaf } from '../parquet/footer/schema.js'
import { type DetailName, detailOfName } from '../rows/column-names.js'

/** The columns of a manifest that are read. */
export interface ManifestColumns {
  key: Leaf
  size: Leaf | null
  etag: Leaf | null
  versionId: Leaf | null
  destinationKey: Leaf | null
  lastModified: Leaf | null
  isLatest: Leaf | null
  isDeleteMarker: Leaf | null
}

/** Columns that are read only when something depends on them. */
export interface ExtraColumns {
  lastModified?: boolean
  /** `is_latest` and `is_delete_marker`. */
  versions?: boolean
}

/** Of several columns with the same meaning, the first of these wins; S3 Inventory's names are among them. */
const PREFERRED: Partial<Record<DetailName, readonly string[]>> = {
  size: ['size', 'size_bytes', 'sizeBytes'],
  etag: ['etag', 'e_tag', 'ETag'],
  versionId: ['version_id', 'versionId'],
  destinationKey: ['destination_key', 'destinationKey'],
  lastModified: ['last_modified', 'last_modified_date', 'lastModified'],
}

/**
 * Chooses the key column: the requested one, else `uri`, else `key` (in any case), else the only string column at the top level. The
 * columns beside it are found by {@link detailOfName}.
 *
 * Throws `LAGOON_MANIFEST_COLUMN_MISSING`, `LAGOON_MANIFEST_COLUMN_AMBIGUOUS`, `LAGOON_MANIFEST_COLUMN_UNSUITABLE`.
 */
export function chooseColumns(
  manifest: string,
  leaves: readonly Leaf[],
  asked: string | undefined,
  extra: ExtraColumns = {},
): ManifestColumns {
  const key = asked === undefined ? usualKey(manifest, leaves) : askedKey(manifest, leaves, asked)
  const fitting = (detail: DetailName, fits: (leaf: Leaf) => boolean): Leaf | null => {
    const candidates = leaves.filter(
      (leaf) => leaf !== key && leaf.topLevel && detailOfName(leaf.path) === detail && fits(leaf),
    )
    const preferred =
      PREFERRED[detail]?.flatMap((name) => candidates.filter(({ path }) => path === name)) ?? []
    return preferred[0] ?? candidates[0] ?? null
  }
  const deciding = (detail: DetailName, fits: (leaf: Leaf) => boolean): Leaf | null => {
    const candidates = leaves.filter((leaf) => leaf.topLevel && detailOfName(leaf.path) === detail)
    if (candidates.length > 1) throw ambiguous(manifest, candidates, 'say which versions are the latest')
    const [leaf] = candidates
    if (leaf && !fits(leaf)) {
      throw new ManifestError('LAGOON_MANIFEST_COLUMN_UNSUITABLE', {
        message: `${manifest}: column ${describe([leaf])} can't be read as true or false`,
        hint: 'Write it as booleans, or omit the column.',
      })
    }
    return leaf ?? null
  }
  return {
    key,
    size: fitting('size', (leaf) => isSingle(leaf) && isIntegerType(leaf.type)),
    etag: fitting('etag', holdsText),
    versionId: fitting('versionId', holdsText),
    destinationKey: fitting('destinationKey', holdsText),
    lastModified: extra.lastModified ? fitting('lastModified', holdsTime) : null,
    isLatest: extra.versions ? deciding('isLatest', holdsFlag) : null,
    isDeleteMarker: extra.versions ? deciding('isDeleteMarker', holdsFlag) : null,
  }
}

/** An exact name at the top level wins over a path into a struct. */
function askedKey(manifest: string, leaves: readonly Leaf[], asked: string): Leaf {
  const called = leaves.filter(({ path }) => path === asked)
  const topLevel = called.filter((leaf) => leaf.topLevel)
  const fitting = topLevel.length > 0 ? topLevel : called
  const [leaf] = fitting
  if (!leaf) {
    throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
      message: `${manifest}: has no column ${JSON.stringify(asked)}; its columns are ${describe(leaves)}`,
      hint: 'Choose one of these columns as the key column (option `column`).',
    })
  }
  if (fitting.length > 1) throw ambiguous(manifest, fitting, `are called ${JSON.stringify(asked)}`)
  if (!holdsText(leaf)) {
    throw new ManifestError('LAGOON_MANIFEST_COLUMN_UNSUITABLE', {
      message: `${manifest}: column ${JSON.stringify(asked)} does not hold one string per row; its columns are ${describe(leaves)}`,
      hint: 'Choose a string column as the key column (option `column`).',
    })
  }
  return leaf
}

function usualKey(manifest: string, leaves: readonly Leaf[]): Leaf {
  const texts = leaves.filter((leaf) => leaf.topLevel && holdsText(leaf))
  for (const name of ['uri', 'key']) {
    const called = texts.filter(({ path }) => path.toLowerCase() === name)
    const exact = called.filter(({ path }) => path === name)
    const fitting = exact.length > 0 ? exact : called
    if (fitting.length > 1) throw ambiguous(manifest, fitting, 'could hold the object keys')
    if (fitting[0]) return fitting[0]
  }
  const annotated = texts.filter((leaf) => leaf.annotation === 'STRING')
  // Impala and old Spark versions write strings without marking them as such.
  const candidates = annotated.length > 0 ? annotated : texts
  if (candidates.length > 1) throw ambiguous(manifest, candidates, 'could hold the object keys')
  if (candidates[0]) return candidates[0]
  throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
    message: `${manifest}: no column can hold object keys; its columns are ${describe(leaves)}`,
    hint: 'Write the keys to a string column named "uri" or "key".',
  })
}

function ambiguous(manifest: string, candidates: readonly Leaf[], what: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_COLUMN_AMBIGUOUS', {
    message: `${manifest}: ${candidates.length} columns ${what}: ${describe(candidates)}`,
    hint: 'Choose the key column (option `column`), or give each column a unique name.',
  })
}

function holdsText(leaf: Leaf): boolean {
  return leaf.type === 'BYTE_ARRAY' && isSingle(leaf)
}

function holdsTime(leaf: Leaf): boolean {
  const timestamp = leaf.type === 'INT64' && leaf.annotation?.startsWith('TIMESTAMP_') === true
  return isSingle(leaf) && (timestamp || leaf.type === 'INT96')
}

/** Booleans, or how query engines write them: 0 and 1, `true` and `false` as text. */
function holdsFlag(leaf: Leaf): boolean {
  const { type } = leaf
  return (
    isSingle(leaf) && (type === 'BOOLEAN' || type === 'INT32' || type === 'INT64' || type === 'BYTE_ARRAY')
  )
}

/** At most one value per row. */
function isSingle(leaf: Leaf): boolean {
  return leaf.maxRepetitionLevel === 0
}

/** `"a" (STRING), "b" (INT64)`, at most 20 of them. */
function describe(leaves: readonly Leaf[]): string {
  if (leaves.length === 0) return 'none'
  const shown = leaves.slice(0, 20).map(({ path, type, annotation, maxRepetitionLevel }) => {
    const kind = annotation === 'STRING' ? 'STRING' : type
    return `${JSON.stringify(path)} (${maxRepetitionLevel > 0 ? `list of ${kind}` : kind})`
  })
  const rest = leaves.length - shown.length
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
