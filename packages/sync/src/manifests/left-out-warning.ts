import type { LeftOut } from '@lagoon/manifest'
import type { ManifestWarning } from '../ports/manifests.js'

const DELTA_HINT =
  'This is a Delta table. Files that its log has removed still exist and are read as manifests; run VACUUM on the table, or export the keys.'
const OTHER_HINT =
  'Pass key lists and inventories with the option `manifests`; move other files out of the manifest prefix.'

/** The warning about files under the manifest prefix that are not read. */
export function leftOutWarning({ hidden, hiddenNames, other, otherKeys }: LeftOut): ManifestWarning {
  const parts = [
    hidden > 0 ? `${files(hidden, 'hidden file')} (${shown(hiddenNames, hidden)})` : '',
    other > 0 ? `${files(other, 'file')} without Parquet (${shown(otherKeys, other)})` : '',
  ]
  return {
    code: 'LAGOON_SYNC_FILES_LEFT_OUT',
    message: `not read as manifests: ${parts.filter(Boolean).join(' and ')}`,
    hint: hiddenNames.includes('_delta_log/')
      ? DELTA_HINT
      : other > 0
        ? OTHER_HINT
        : 'Files whose names begin with _ or . are skipped, as in Spark and Trino.',
  }
}

function files(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`
}

function shown(names: readonly string[], count: number): string {
  return names.join(', ') + (names.length < count ? ', …' : '')
}
