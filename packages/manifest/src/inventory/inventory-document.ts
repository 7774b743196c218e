import { ManifestError } from '../errors.js'
import type { ListColumn } from '../lists/list-format.js'
import { columnOfName } from '../lists/list-header.js'

/** A data file of an inventory. */
export interface InventoryFile {
  key: string
  sizeBytes: number
  /** In lower-case hexadecimal; `null` if the inventory does not say. */
  md5: string | null
}

/** A `manifest.json` of S3 Inventory. */
export interface InventoryDocument {
  sourceBucket: string
  format: 'CSV' | 'Parquet'
  createdAt: Date | null
  /** For CSV: the names of the columns, separated by commas. */
  schema: string
  files: InventoryFile[]
}

/** Other stores that write S3's inventories don't always write its names as S3 does. */
const FORMATS: Partial<Record<string, InventoryDocument['format']>> = { csv: 'CSV', parquet: 'Parquet' }

/** Throws `LAGOON_MANIFEST_LIST_CORRUPT`, `LAGOON_MANIFEST_UNSUPPORTED_FORMAT`. */
export function parseInventory(key: string, text: Buffer): InventoryDocument {
  let document: unknown
  try {
    document = JSON.parse(text.toString())
  } catch (cause) {
    throw corrupt(key, 'it is not JSON', cause)
  }
  if (typeof document !== 'object' || document === null) throw corrupt(key, 'it is not an object')
  const { sourceBucket, fileFormat, fileSchema, creationTimestamp, files } = document as Record<
    string,
    unknown
  >
  if (typeof sourceBucket !== 'string' || !Array.isArray(files)) {
    throw corrupt(key, 'it has no sourceBucket or no files')
  }
  const format = FORMATS[String(fileFormat).toLowerCase()]
  if (format === undefined) {
    throw new ManifestError('LAGOON_MANIFEST_UNSUPPORTED_FORMAT', {
      message: `${key}: is an inventory in the format ${JSON.stringify(fileFormat)}`,
      hint: 'Configure the inventory to be written as Apache Parquet or CSV.',
    })
  }
  const created = new Date(Number(creationTimestamp))
  return {
    sourceBucket: sourceBucket.replace(/^arn:aws[a-z-]*:s3:::/, ''),
    format,
    createdAt: Number.isNaN(created.getTime()) ? null : created,
    schema: typeof fileSchema === 'string' ? fileSchema : '',
    files: files.map((file) => parseFile(key, file)),
  }
}

function parseFile(inventory: string, file: unknown): InventoryFile {
  const { key, size, MD5checksum } = Object(file) as Record<string, unknown>
  if (typeof key !== 'string' || !Number.isSafeInteger(size) || (size as number) < 0) {
    throw corrupt(inventory, 'one of its files has no key or no size')
  }
  const md5 =
    typeof MD5checksum === 'string' && /^[0-9a-f]{32}$/i.test(MD5checksum) ? MD5checksum.toLowerCase() : null
  return { key, sizeBytes: size as number, md5 }
}

/** Throws `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` for a manifest.json of another service. */
export function refuseReport(key: string, text: Buffer): void {
  const match = /"Results"\s*:\s*(\[[^\]]*\])/.exec(text.toString())
  if (!match || !text.includes('"ReportSchema"')) return
  const files = [...match[1]!.matchAll(/"Key"\s*:\s*("(?:[^"\\]|\\.)*")/g)].map((found) => found[1]!)
  throw new ManifestError('LAGOON_MANIFEST_UNSUPPORTED_FORMAT', {
    message: `${key}: is the manifest.json of a completion report of S3 Batch Operations, not of an S3 Inventory`,
    hint: `Use its result files, which can be read as lists: ${files.slice(0, 5).join(', ') || 'the CSV files beside it'}.`,
  })
}

/** The meaning of the columns of a CSV inventory. Throws `LAGOON_MANIFEST_LIST_CORRUPT` if none is the key. */
export function inventoryColumns(inventory: string, schema: string): ListColumn[] {
  const columns = schema.split(',').map((name): ListColumn => {
    return name.trim().toLowerCase() === 'key' ? 'key' : columnOfName(name)
  })
  if (!columns.includes('key'))
    throw corrupt(inventory, `its columns are ${JSON.stringify(schema)}, without a Key`)
  return columns
}

function corrupt(key: string, why: string, cause?: unknown): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', {
    message: `${key}: is not the manifest.json of an S3 Inventory: ${why}`,
    hint: 'Use the manifest.json of an inventory delivery.',
    cause,
  })
}
