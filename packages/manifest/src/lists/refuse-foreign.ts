import { isUtf8 } from 'node:buffer'
import { ManifestError } from '../errors.js'
import { foreignFormat } from '../foreign-format.js'
import { foreignText } from './foreign-text.js'

/** How much of a list is read. */
const HEAD_BYTES = 64 * 1024

/** Number of non-ASCII lines, none of them UTF-8, that mean another encoding instead of a damaged line. */
const MISENCODED_LINES = 3

/**
 * Throws `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` or `LAGOON_MANIFEST_LIST_CORRUPT` for a file whose beginning shows that it is not a list
 * of keys: read as one, each of its lines would be requested as an object.
 */
export function refuseForeign(name: string, head: Buffer): void {
  const text = latin1(head)
  if (text.startsWith('PAR1') || text.startsWith('PARE')) {
    throw corrupt(
      name,
      'is a Parquet file, not a list of keys',
      'Open it as a Parquet manifest, without compressing the file.',
    )
  }
  const foreign = foreignFormat(head) ?? otherEncoding(text)
  if (foreign) {
    throw unsupported(
      name,
      `${foreign.replace(/^compressed with (?:GZIP|Zstandard)$/, 'compressed twice')}, which cannot be read as a list of keys`,
      'Write the keys as Parquet, or as CSV, JSON lines or text in UTF-8, optionally compressed with GZIP or Zstandard.',
    )
  }
  if (!/^(?:\xef\xbb\xbf)?\s*\{/.test(text)) return
  if (text.includes('"sourceBucket"') && text.includes('"fileFormat"')) {
    throw corrupt(
      name,
      'is the manifest.json of an S3 Inventory, not a list of keys',
      'Pass it as manifest.json in its bucket or beside its data files; it has no keys itself.',
    )
  }
  if (text.includes('"ReportSchema"') && text.includes('"Results"')) {
    throw unsupported(
      name,
      'the manifest.json of a completion report of S3 Batch Operations, not a list of keys',
      'Use the CSV files in its "Results"; their rows hold the keys.',
    )
  }
}

/**
 * Throws `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` for the `symlink.txt` of an S3 Inventory: it names the files of the inventory, and read as keys it
 * would copy these.
 */
export function refuseSymlinks(name: string, firstLine: string): void {
  const isNamedSo = /(?:^|\/)symlink\.txt$/.test(name)
  const namesDataFile = /^s3:\/\/\S+\/data\/[0-9a-f-]{36}\.(?:csv\.gz|parquet|orc)\s*$/.test(firstLine)
  if (!isNamedSo && !namesDataFile) return
  throw unsupported(
    name,
    'the symlink.txt of an S3 Inventory, which names the files of the inventory, not objects',
    'Use the manifest.json of the delivery.',
  )
}

/** Throws `LAGOON_MANIFEST_UNSUPPORTED_FORMAT` for text whose first lines show that it is not one key per line. */
export function refuseForeignText(name: string, lines: readonly string[], bucket: string): void {
  const foreign = foreignText(lines, bucket)
  if (foreign === null) return
  throw unsupported(
    name,
    `${foreign}, which cannot be read as a list of keys`,
    'Write one key per line, CSV with a header, or JSON, such as the output of `aws s3api list-objects-v2`, `rclone lsjson -R`, `mc ls -r --json` or `s5cmd --json ls`.',
  )
}

/** Throws `LAGOON_MANIFEST_LIST_CORRUPT` for a NUL, which text never contains: the file is binary, in UTF-16, or incomplete. */
export function refuseNul(name: string, piece: Uint8Array, offset: number): void {
  const at = piece.indexOf(0)
  if (at < 0) return
  const why = `byte ${offset + at} is NUL: the list is binary, in UTF-16, or damaged`
  throw corrupt(name, why, 'Write it again as text in UTF-8.')
}

function otherEncoding(text: string): string | null {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n')
  const beyondAscii = lines.filter((line) => /[\x80-\xff]/.test(line))
  const isOther =
    beyondAscii.length >= MISENCODED_LINES &&
    beyondAscii.every((line) => !isUtf8(Buffer.from(line, 'latin1')))
  return isOther ? 'text in another encoding than UTF-8' : null
}

function latin1(head: Uint8Array): string {
  return Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString('latin1')
}

function unsupported(name: string, what: string, hint: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_UNSUPPORTED_FORMAT', { message: `${name}: is ${what}`, hint })
}

function corrupt(name: string, why: string, hint: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_LIST_CORRUPT', { message: `${name}: ${why}`, hint })
}
