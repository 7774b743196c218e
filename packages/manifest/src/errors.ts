/**
 * Everything that can be wrong with a manifest, its keys, or the way it was requested. Codes never change their meaning.
 */
export type ManifestErrorCode =
  /** The store refused or failed a request; the store's error is the `cause`. */
  | 'LAGOON_MANIFEST_UNREADABLE'
  /** The manifest was replaced, deleted or truncated while it was being read. */
  | 'LAGOON_MANIFEST_CHANGED'
  /** The bytes are not a Parquet file. */
  | 'LAGOON_MANIFEST_NOT_PARQUET'
  /** The file begins like Parquet, but its end is missing. */
  | 'LAGOON_MANIFEST_TRUNCATED'
  /** The footer, or the key column, is encrypted. */
  | 'LAGOON_MANIFEST_ENCRYPTED'
  /** The footer contradicts itself or the file. */
  | 'LAGOON_MANIFEST_FOOTER_CORRUPT'
  /** A page of a column can't be decoded, or its checksum differs. */
  | 'LAGOON_MANIFEST_PAGE_CORRUPT'
  /** A page is larger than the memory budget, compressed or not. */
  | 'LAGOON_MANIFEST_PAGE_TOO_LARGE'
  /** The column has fewer rows than the footer states. */
  | 'LAGOON_MANIFEST_ROWS_MISSING'
  /** No column can hold keys, or the requested column does not exist. */
  | 'LAGOON_MANIFEST_COLUMN_MISSING'
  /** Several columns could hold the keys, and none was chosen. */
  | 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS'
  /** The requested column does not hold one string per row. */
  | 'LAGOON_MANIFEST_COLUMN_UNSUITABLE'
  /** Compressed with an unsupported codec (LZO). */
  | 'LAGOON_MANIFEST_UNSUPPORTED_CODEC'
  /** An unsupported encoding or layout. */
  | 'LAGOON_MANIFEST_UNSUPPORTED_ENCODING'
  /** A key list (CSV, JSON lines, text) or an inventory can't be parsed. */
  | 'LAGOON_MANIFEST_LIST_CORRUPT'
  /** A format that is not a supported list of keys, such as ORC, Avro, zip, XML; the message names it. */
  | 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT'
  /** An inventory names a file that does not exist, or has no checksum file. */
  | 'LAGOON_MANIFEST_FILE_MISSING'
  /** An inventory of another bucket. */
  | 'LAGOON_MANIFEST_OTHER_BUCKET'
  /** An option is invalid. */
  | 'LAGOON_MANIFEST_INVALID_OPTION'
  /** A row for a new manifest has no valid key or no valid size. */
  | 'LAGOON_MANIFEST_ROW_REFUSED'
  /** A report or a manifest could not be written. */
  | 'LAGOON_MANIFEST_UNWRITABLE'
  /** A report that must be new already has rows. */
  | 'LAGOON_MANIFEST_REPORT_EXISTS'

/** The parts of a {@link ManifestError}. */
export interface ManifestErrorDetails {
  /** What is wrong and where, including the manifest. */
  message: string
  /** What to do about it. */
  hint: string
  cause?: unknown
}

/** The only error class of this package. Match on `code`, show `message` and `hint`. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
  readonly code: ManifestErrorCode
  readonly hint: string

  constructor(code: ManifestErrorCode, { message, hint, cause }: ManifestErrorDetails) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.hint = hint
  }
}
