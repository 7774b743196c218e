/**
 * Everything that can be wrong with a manifest, a key of one, or the way it was asked for. Codes never change their meaning.
 */
export type ManifestErrorCode =
  /** The store refused or failed a request; the store's error is the `cause`. */
  | 'LAGOON_MANIFEST_UNREADABLE'
  /** The manifest was replaced, deleted or cut while it was read. */
  | 'LAGOON_MANIFEST_CHANGED'
  /** The bytes are not a Parquet file. */
  | 'LAGOON_MANIFEST_NOT_PARQUET'
  /** The file begins like Parquet, and its end is missing. */
  | 'LAGOON_MANIFEST_TRUNCATED'
  /** The footer, or the key column, is encrypted. */
  | 'LAGOON_MANIFEST_ENCRYPTED'
  /** The footer contradicts itself or the file. */
  | 'LAGOON_MANIFEST_FOOTER_CORRUPT'
  /** A page of a column can't be decoded, or its checksum differs. */
  | 'LAGOON_MANIFEST_PAGE_CORRUPT'
  /** A page, or what it unpacks to, is larger than the memory budget. */
  | 'LAGOON_MANIFEST_PAGE_TOO_LARGE'
  /** The column ends before the number of rows that the footer promises. */
  | 'LAGOON_MANIFEST_ROWS_MISSING'
  /** No column can hold keys, or the column that was asked for does not exist. */
  | 'LAGOON_MANIFEST_COLUMN_MISSING'
  /** Several columns could hold the keys, and none was named. */
  | 'LAGOON_MANIFEST_COLUMN_AMBIGUOUS'
  /** The column that was asked for does not hold one string per row. */
  | 'LAGOON_MANIFEST_COLUMN_UNSUITABLE'
  /** Compressed with a codec that can't be read (LZO). */
  | 'LAGOON_MANIFEST_UNSUPPORTED_CODEC'
  /** An encoding or a layout that can't be read. */
  | 'LAGOON_MANIFEST_UNSUPPORTED_ENCODING'
  /** A key list (CSV, JSON lines, text) or an inventory can't be taken apart. */
  | 'LAGOON_MANIFEST_LIST_CORRUPT'
  /** A format that holds no list of keys that is read here, such as ORC, Avro, zip, XML; the message names it. */
  | 'LAGOON_MANIFEST_UNSUPPORTED_FORMAT'
  /** An inventory names a file that is not there, or has no checksum beside it. */
  | 'LAGOON_MANIFEST_FILE_MISSING'
  /** An inventory of another bucket. */
  | 'LAGOON_MANIFEST_OTHER_BUCKET'
  /** An option is impossible. */
  | 'LAGOON_MANIFEST_INVALID_OPTION'
  /** A row that is to be written to a manifest holds no key that S3 takes, or no size. */
  | 'LAGOON_MANIFEST_ROW_REFUSED'
  /** A report or a manifest could not be written. */
  | 'LAGOON_MANIFEST_UNWRITABLE'
  /** A report that must be new has rows already. */
  | 'LAGOON_MANIFEST_REPORT_EXISTS'

/** What a {@link ManifestError} is made of. */
export interface ManifestErrorDetails {
  /** What is wrong, and where: names the manifest. */
  message: string
  /** What to do about it. */
  hint: string
  cause?: unknown
}

/** The one error class of this package. Match on `code`, show `message` and `hint`. */
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
