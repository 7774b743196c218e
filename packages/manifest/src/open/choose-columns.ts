import { ManifestError } from '../errors.js'
import { isIntegerType } from '../parquet/values/integer-values.js'
import type { Leaf } from '../parquet/footer/schema.js'

/** The columns that are read of a manifest. */
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

/** Names of the columns beside the key, the first that is there wins. S3 Inventory's names are among them. */
const NAMES = {
  size: ['size', 'size_bytes', 'sizeBytes'],
  etag: ['etag', 'e_tag', 'ETag'],
  versionId: ['version_id', 'versionId'],
  destinationKey: ['destination_key', 'destinationKey'],
  lastModified: ['last_modified', 'last_modified_date', 'lastModified'],
  isLatest: ['is_latest'],
  isDeleteMarker: ['is_delete_marker'],
} as const

/**
 * Chooses the key column: the one that was asked for, else `uri`, else `key`, else the only string column at the top
 * level. Throws `LAGOON_MANIFEST_COLUMN_MISSING`, `LAGOON_MANIFEST_COLUMN_AMBIGUOUS`, `LAGOON_MANIFEST_COLUMN_UNSUITABLE`.
 */
export function chooseColumns(
  manifest: string,
  leaves: readonly Leaf[],
  asked: string | undefined,
  extra: ExtraColumns = {},
): ManifestColumns {
  const key = chooseKey(manifest, leaves, asked)
  const beside = (names: readonly string[], fits: (leaf: Leaf) => boolean): Leaf | null => {
    for (const name of names) {
      const leaf = leaves.find(({ path }) => path === name)
      if (leaf && leaf !== key && fits(leaf)) return leaf
    }
    return null
  }
  return {
    key,
    size: beside(NAMES.size, (leaf) => isSingle(leaf) && isIntegerType(leaf.type)),
    etag: beside(NAMES.etag, holdsText),
    versionId: beside(NAMES.versionId, holdsText),
    destinationKey: beside(NAMES.destinationKey, holdsText),
    lastModified: extra.lastModified ? beside(NAMES.lastModified, holdsTime) : null,
    isLatest: extra.versions ? beside(NAMES.isLatest, holdsBoolean) : null,
    isDeleteMarker: extra.versions ? beside(NAMES.isDeleteMarker, holdsBoolean) : null,
  }
}

function chooseKey(manifest: string, leaves: readonly Leaf[], asked: string | undefined): Leaf {
  const listing = describe(leaves)
  if (asked !== undefined) {
    const leaf = leaves.find(({ path }) => path === asked)
    if (!leaf) {
      throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
        message: `${manifest}: has no column ${JSON.stringify(asked)}; its columns are ${listing}`,
        hint: 'Name one of these columns as the key column (--manifest-column).',
      })
    }
    if (!holdsText(leaf)) {
      throw new ManifestError('LAGOON_MANIFEST_COLUMN_UNSUITABLE', {
        message: `${manifest}: column ${JSON.stringify(asked)} does not hold one string a row; its columns are ${listing}`,
        hint: 'Name a column of strings as the key column (--manifest-column).',
      })
    }
    return leaf
  }
  const named = ['uri', 'key'].map((name) => leaves.find((leaf) => leaf.path === name && holdsText(leaf)))
  const chosen = named[0] ?? named[1]
  if (chosen) return chosen
  const strings = leaves.filter((leaf) => leaf.topLevel && holdsText(leaf))
  const annotated = strings.filter((leaf) => leaf.annotation === 'STRING')
  // Impala and old Spark write strings without saying that they are.
  const candidates = annotated.length > 0 ? annotated : strings
  if (candidates.length === 1) return candidates[0]!
  if (candidates.length === 0) {
    throw new ManifestError('LAGOON_MANIFEST_COLUMN_MISSING', {
      message: `${manifest}: no column can hold object keys; its columns are ${listing}`,
      hint: 'Write the keys to a string column named "uri" or "key".',
    })
  }
  throw new ManifestError('LAGOON_MANIFEST_COLUMN_AMBIGUOUS', {
    message: `${manifest}: ${candidates.length} columns could hold the object keys: ${describe(candidates)}`,
    hint: 'Name the key column (--manifest-column), or call it "uri" or "key".',
  })
}

function holdsText(leaf: Leaf): boolean {
  return leaf.type === 'BYTE_ARRAY' && isSingle(leaf)
}

function holdsTime(leaf: Leaf): boolean {
  const timestamp = leaf.type === 'INT64' && leaf.annotation?.startsWith('TIMESTAMP_') === true
  return isSingle(leaf) && (timestamp || leaf.type === 'INT96')
}

function holdsBoolean(leaf: Leaf): boolean {
  return leaf.type === 'BOOLEAN' && isSingle(leaf)
}

/** At most one value a row. */
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
