import type { Comparison } from '@lagoon/sync'
import { CliError } from '../errors/cli-error.js'
import { nearest } from '../text/nearest.js'
import { textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { printable } from '../text/printable.js'

const fields = { checksum: 'checksums', metadata: 'metadata', tags: 'tags' } as const satisfies Record<
  string,
  keyof Comparison
>
const names = Object.keys(fields)

/** What `--compare` names, such as `checksum,metadata`. Throws LAGOON_CLI_INVALID_VALUE for anything else. */
export function resolveComparison(settings: Settings): Comparison {
  const given = textFlag(settings, 'compare')
  const comparison = { checksums: false, metadata: false, tags: false }
  for (const word of given === undefined ? [] : given.split(',')) {
    const name = word.trim().toLowerCase()
    if (!Object.hasOwn(fields, name)) throw unknown(settings, word)
    comparison[fields[name as keyof typeof fields]] = true
  }
  return comparison
}

function unknown(settings: Settings, word: string): CliError {
  const meant = nearest(word, names)
  return new CliError(
    'LAGOON_CLI_INVALID_VALUE',
    `${settings.flag('compare')!.origin} names ${JSON.stringify(printable(word))}`,
    `Allowed: ${names.join(', ')}, or several separated by commas.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
  )
}
