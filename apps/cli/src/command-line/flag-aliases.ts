import type { Argv } from 'yargs'
import type { FlagValue } from '../options/flags/flag.js'
import type { FlagName } from '../options/flags.js'

/** Flags of other tools that mean the same as one of ours, for the commands that have ours. */
export const aliases: Readonly<Partial<Record<FlagName, string>>> = {
  'dry-run': 'n',
  concurrency: 'transfers',
}

/** Flags that are short for a value of one of ours. */
export function addAliases(to: Argv, takes: (flag: FlagName) => boolean): void {
  const own = { global: false, group: 'Reports and logs:' } as const
  to.option('verbose', { ...own, alias: 'v', type: 'boolean', describe: 'Same as --log-level DEBUG' })
  to.option('quiet', {
    ...own,
    alias: 'q',
    type: 'boolean',
    describe: 'Show errors only: no progress, no summary',
  })
  to.option('progress', { ...own, alias: 'P', type: 'boolean', hidden: true })
  if (takes('manifest-prefix') && takes('manifest'))
    to.option('files-from', { ...own, type: 'string', nargs: 1, hidden: true })
  for (const letter of ['n', 'v', 'q', 'P', 'V', 'h']) to.hide(letter)
}

/** Expands the short forms. Progress is always shown. */
export function expandAliases(given: Readonly<Record<string, FlagValue>>): Record<string, FlagValue> {
  const { verbose, quiet, progress: _, 'files-from': list, ...rest } = given
  const flags: Record<string, FlagValue> = { ...rest }
  const level = verbose === true ? 'DEBUG' : quiet === true ? 'ERROR' : undefined
  if (level !== undefined) flags['log-level'] ??= level
  if (typeof list === 'string')
    flags['manifest'] ??= list === '-' || /^\.{0,2}\//.test(list) ? list : `./${list}`
  return flags
}

/** Flags of rclone, s5cmd, aws and mc that do not exist here or mean something else, and what to use instead. */
export const foreignFlagHints: Readonly<Record<string, string>> = {
  include: 'Use --filter-glob GLOB, which matches the whole key: **.jpg instead of *.jpg.',
  exclude: "Use --filter-regex with a negative lookahead, such as --filter-regex '^(?!tmp/)'.",
  filter: 'Use --filter-prefix, --filter-glob or --filter-regex.',
  bwlimit: 'Use --max-bytes-per-second, for example 50MB.',
  'limit-upload': 'Use --max-bytes-per-second, for example 50MB.',
  tpslimit: 'Use --max-requests-per-second.',
  checkers: 'Listing and copying tune themselves; bound the objects in flight with --max-concurrency.',
  numworkers: 'Use --concurrency N for a fixed number in flight; without it the controller finds the number.',
  retries: 'Use --max-attempts N.',
  checksum: 'A run verifies each copy; `lagoon verify --compare checksum` compares both sides afterwards.',
  'ignore-existing': 'Use --overwrite if-missing.',
  'size-only': 'Use --overwrite if-different.',
  delete: 'Lagoon Sync never deletes objects at the destination.',
  remove: 'Lagoon Sync never deletes objects at the destination.',
  force:
    'Nothing has to be forced: repeat the command to resume; `lagoon state forget` makes a run copy again.',
  'endpoint-url': 'Set LAGOON_SOURCE_ENDPOINT_URL and LAGOON_DESTINATION_ENDPOINT_URL.',
  region: 'Set LAGOON_SOURCE_REGION and LAGOON_DESTINATION_REGION.',
}
