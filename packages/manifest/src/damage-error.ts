import { ManifestError, type ManifestErrorCode } from './errors.js'
import { Damage, type DamageKind } from './parquet/bytes/damage.js'

const ERRORS: Record<DamageKind, { code: ManifestErrorCode; hint: string }> = {
  corrupt: {
    code: 'LAGOON_MANIFEST_PAGE_CORRUPT',
    hint: 'The file is damaged; write it again. Keys before the damage were read, and their copies are kept.',
  },
  'rows-missing': {
    code: 'LAGOON_MANIFEST_ROWS_MISSING',
    hint: 'The file is damaged; write it again, so that no key is lost.',
  },
  'too-large': {
    code: 'LAGOON_MANIFEST_PAGE_TOO_LARGE',
    hint: 'Write the file with smaller pages (1 MiB is usual), or check that the key column holds keys.',
  },
  codec: {
    code: 'LAGOON_MANIFEST_UNSUPPORTED_CODEC',
    hint: 'Write the file with ZSTD, Snappy, GZIP, LZ4, Brotli or no compression.',
  },
  encoding: {
    code: 'LAGOON_MANIFEST_UNSUPPORTED_ENCODING',
    hint: "Write the file with its writer's default encodings, in one file.",
  },
  encrypted: {
    code: 'LAGOON_MANIFEST_ENCRYPTED',
    hint: 'Write the manifest without Parquet encryption; encrypt the bucket instead.',
  },
}

const WORDS: Record<DamageKind, string> = {
  corrupt: 'is damaged',
  'rows-missing': 'has fewer rows than its footer states',
  'too-large': 'would decompress to more than the memory budget',
  codec: 'uses an unsupported compression',
  encoding: 'uses an unsupported encoding or layout',
  encrypted: 'is encrypted',
}

/**
 * Turns what a decoder found into an error that names the manifest and the place. Anything that is not `Damage` is returned unchanged.
 */
export function damageError(error: unknown, manifest: string, where: string): unknown {
  if (!(error instanceof Damage)) return error
  const { code, hint } = ERRORS[error.kind]
  const footer = where === 'footer' && error.kind === 'corrupt'
  return new ManifestError(footer ? 'LAGOON_MANIFEST_FOOTER_CORRUPT' : code, {
    message: `${manifest}: ${where} ${WORDS[error.kind]}: ${error.message}`,
    hint,
    cause: error,
  })
}
