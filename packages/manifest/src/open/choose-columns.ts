import { ManifestError } from '../errors.js'
import { isNumericType } from '../parquet/values/integer-values.js'
import type { Leaf } from '../parquet/footer/schema.js'
import { type DetailName, detailOfName, plainName, usualKeyNames } from '../rows/column-names.js'

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
  timeDeleted: Leaf | null
  bucket: Leaf | null
}

/** Columns that are read only when something depends on them. */
interface ExtraColumns {
  lastModified?: boolean
  /** `is_latest`, `is_delete_marker` and `timeDeleted`. */
  versions?: boolean
}

/** Of several columns with the same meaning, the first of these wins; S3 Inventory's names are among them. */
const PREFERRED: Partial<Record<DetailName, readonly string[]>> = {
  size: ['size', 'size_bytes', 'sizeBytes'],
  etag: ['etag', 'e_tag', 'ETag'],
  lastModified: ['last_modified', 'last_modified_date', 'lastModified'],
}

/**
 * Chooses the key column: the requested one, else the first of {@link usualKeyNames}, else the only string column at the top level, or
 * the only one without another known meaning. The columns beside it are found by {@link detailOfName}.
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
  const called = (detail: DetailName): Leaf[] =>
    leaves.filter((leaf) => leaf !== key && leaf.topLevel && detailOfName(leaf.path) === detail)
  const fitting = (detail: DetailName, fits: (leaf: Leaf) => boolean): Leaf | null => {
    const candidates = called(detail).filter(fits)
    const preferred =
      PREFERRED[detail]?.flatMap((name) => candidates.filter(({ path }) => path === name)) ?? []
    return preferred[0] ?? candidates[0] ?? null
  }
  const deciding = (detail: DetailName, fits: (leaf: Leaf) => boolean): Leaf | null => {
    const candidates = called(detail)
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
  // Text, as Athena and CSV writers leave it, only where there is nothing better.
  const number = (detail: DetailName): Leaf | null =>
    fitting(detail, holdsNumber) ?? fitting(detail, holdsText)
  // Which object a row names, and where it goes, is never decided by the order of columns.
  const only = (detail: DetailName): Leaf | null => {
    const candidates = called(detail).filter(holdsText)
    if (candidates.length > 1) throw ambiguous(manifest, candidates, 'have the same meaning')
    return candidates[0] ?? null
  }
  return {
    key,
    size: number('size'),
    etag: fitting('etag', holdsText),
    versionId: only('versionId'),
    destinationKey: only('destinationKey'),
    lastModified: extra.lastModified ? number('lastModified') : null,
    isLatest: extra.versions ? deciding('isLatest', holdsFlag) : null,
    isDeleteMarker: extra.versions ? deciding('isDeleteMarker', holdsFlag) : null,
    timeDeleted: extra.versions ? number('timeDeleted') : null,
    bucket: fitting('bucket', holdsText),
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
  for (const name of usualKeyNames(texts.map(({ path }) => path))) {
    const called = texts.filter(({ path }) => plainName(path) === name)
    const exact = called.filter(({ path }) => path === name)
    const fitting = exact.length > 0 ? exact : called
    if (fitting.length > 1) throw ambiguous(manifest, fitting, 'could hold the object keys')
    if (fitting[0]) return fitting[0]
  }
  const annotated = texts.filter((leaf) => leaf.annotation === 'STRING')
  // Impala and old Spark versions write strings without marking them as such.
  const candidates = annotated.length > 0 ? annotated : texts
  const unknown = candidates.filter(({ path }) => detailOfName(path) === null)
  const only = candidates.length === 1 ? candidates[0] : unknown.length === 1 ? unknown[0] : undefined
  if (only) return only
  if (candidates.length > 1) throw ambiguous(manifest, candidates, 'could hold the object keys')
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

/** Whole numbers; floating-point numbers and decimals may be such. Timestamps and dates are numbers, too. */
function holdsNumber(leaf: Leaf): boolean {
  return isSingle(leaf) && isNumericType(leaf.type) && leaf.annotation !== 'FRACTION'
}

/** Booleans, or how query engines write them: 0 and 1, `true` and `false` as text. */
function holdsFlag(leaf: Leaf): boolean {
  const isCount = holdsNumber(leaf) && leaf.type !== 'INT96' && (leaf.annotation ?? 'OTHER') === 'OTHER'
  return holdsText(leaf) || isCount || (isSingle(leaf) && leaf.type === 'BOOLEAN')
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
