import { ManifestError } from '../errors.js'
import { foreignFormat } from '../foreign-format.js'
import { type Footer, parseFooter } from './footer/footer.js'
import type { SchemaElement } from './footer/schema-element.js'
import type { RangedFile } from './ranged-file.js'

/** Bytes read first: most footers, and small manifests as a whole, take one request. */
const TAIL_BYTES = 64 * 1024

/** The largest footer that is read. Each row group and column takes some hundred bytes of it. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024

/** First bytes that identify a file that is not Parquet. */
const HEAD_BYTES = 1_024

/** `PAR1`, the footer's length, `PAR1`: the smallest file there is has these and a footer. */
const MIN_FILE_BYTES = 12

/**
 * Reads and parses the footer. Throws `LAGOON_MANIFEST_NOT_PARQUET`, `LAGOON_MANIFEST_TRUNCATED`,
 * `LAGOON_MANIFEST_ENCRYPTED`, `LAGOON_MANIFEST_FOOTER_CORRUPT`, errors of reading, and `Damage`.
 */
export async function readFooter(
  file: RangedFile,
  wantedLeaves: (schema: SchemaElement[]) => Set<number>,
  signal: AbortSignal | undefined,
): Promise<{ footer: Footer; footerStart: number }> {
  const { key, sizeBytes } = file.ref
  if (sizeBytes < MIN_FILE_BYTES) throw notParquet(key, `it has ${sizeBytes} bytes`)
  const tail = await file.readTail(TAIL_BYTES, signal)
  const magic = tail.toString('latin1', tail.length - 4)
  if (magic === 'PARE') {
    throw new ManifestError('LAGOON_MANIFEST_ENCRYPTED', {
      message: `${key}: the footer is encrypted`,
      hint: 'Write the manifest without Parquet encryption; encrypt the bucket instead.',
    })
  }
  if (magic !== 'PAR1') {
    const head = await file.read(0, Math.min(HEAD_BYTES, sizeBytes), signal)
    const beginning = head.toString('latin1', 0, 4)
    if (beginning === 'PAR1' || beginning === 'PARE') {
      throw new ManifestError('LAGOON_MANIFEST_TRUNCATED', {
        message: `${key}: begins like a Parquet file but has no footer at its end (${sizeBytes} bytes)`,
        hint: 'The file was truncated while it was being written or uploaded; write it again.',
      })
    }
    const foreign = foreignFormat(head)
    throw notParquet(key, `it ${foreign ? `is ${foreign}` : 'neither begins nor ends with PAR1'}`)
  }
  const footerBytes = tail.readUInt32LE(tail.length - 8)
  const footerStart = sizeBytes - 8 - footerBytes
  if (footerStart < 4 || footerBytes > MAX_FOOTER_BYTES) {
    throw new ManifestError('LAGOON_MANIFEST_FOOTER_CORRUPT', {
      message: `${key}: announces a footer of ${footerBytes} bytes in a file of ${sizeBytes}`,
      hint: `The file is damaged, or its footer is over the limit of ${MAX_FOOTER_BYTES} bytes: write it again.`,
    })
  }
  const bytes =
    footerBytes + 8 <= tail.length
      ? tail.subarray(tail.length - 8 - footerBytes, tail.length - 8)
      : Buffer.concat([
          await file.read(footerStart, sizeBytes - tail.length, signal),
          tail.subarray(0, tail.length - 8),
        ])
  return { footer: parseFooter(bytes, wantedLeaves), footerStart }
}

function notParquet(key: string, why: string): ManifestError {
  return new ManifestError('LAGOON_MANIFEST_NOT_PARQUET', {
    message: `${key}: is not a Parquet file: ${why}`,
    hint: 'Write the manifest as Parquet, or move this file elsewhere; key lists are read with `openKeyList`.',
  })
}
