import type { Argv } from 'yargs'
import { commands, type CommandName } from '../command-specs/commands.js'
import type { CommandSpec } from '../command-specs/command-spec.js'
import { sizeText } from '../text/byte-size.js'
import { valueNameOf, type Flag } from '../options/flags/flag.js'
import { flagGroups, flagNames, flags, namesOf, type FlagName } from '../options/flags.js'
import { initFlags } from '../options/flags/initialising.js'
import { storesUsage } from '../options/stores-by-position.js'
import { addAliases, aliases } from './flag-aliases.js'

/** A line about the commands that share a first word. */
export const familyTitles: Readonly<Record<string, string>> = {
  ctl: 'Watch, pause, resume or adjust a running sync',
  manifest: 'Create or inspect manifests',
  state: 'Make the next run check again; compact the state',
  job: 'List, delete, export or import jobs on a queue',
  config: 'Show settings and where they come from',
}

/** What the published types lack. */
type Recent = Argv & {
  usageConfiguration(configuration: object): Argv
  global(names: readonly string[], everywhere: boolean): Argv
}

/**
 * What yargs gets: which words are flags, what `--help` shows, all of it, or all of it with the values that a shell may complete.
 * Words alone spare each run of a command building a help text that is not shown.
 */
export type Extent = 'words' | 'short' | 'all' | 'completion'

/** Flags that `--help` shows; `--help-all` shows the others too. */
const essential: ReadonlySet<FlagName> = new Set([
  'manifest',
  'filter-prefix',
  'data-dir',
  'max-concurrency',
  'dry-run',
  'overwrite',
  'max-bytes-per-second',
  'report',
  'metrics-port',
  'json',
  ...namesOf(initFlags),
])
/** A command with at most this many flags shows all of them. */
const fewFlags = 16

const stores = 'Stores: lagoon init writes .env with them: LAGOON_SOURCE_BUCKET and others, see the README.'

const details = `${stores}

Each flag is a variable too: LAGOON_DATA_DIR for --data-dir. A flag takes precedence over the environment, then .env, then the configuration file. Without keys AWS's default credential chain is used. All variables of stores are in the README.

Exit codes:
  0         every key of every manifest is at the destination
  1         internal error of Lagoon Sync
  2         usage, configuration or endpoint is wrong; nothing was copied
  3         the run finished; some objects or manifests failed
  4         another process holds the data directory
  5         stopped early by a full disk, expired credentials, a failed listing ...; fix the cause and repeat the command
  130, 143  stopped by SIGINT, SIGTERM; repeat the command to resume`

/** Describes the program as a whole to yargs: its flags are those of `sync`. */
export function describeProgram(to: Argv, extent: Extent): Argv {
  addFlags(to, 'sync', extent)
  // Flags of other commands may precede their names.
  const others = flagNames.filter((name) => !flagsOf('sync').includes(name))
  readAs(to, others)
  if (extent === 'words') return to
  for (const name of others) to.hide(name)
  return (to as Recent)
    .usageConfiguration({ 'hide-types': true })
    .usage(
      `Usage: lagoon [command] [${storesUsage}] [flags]\n\nCopies objects from one S3-compatible store to another.`,
    )
    .epilogue(extent === 'all' ? details : stores)
}

/** Describes a command to yargs. */
export function describeCommand(to: Argv, name: CommandName, extent: Extent): Argv {
  const spec: CommandSpec = commands[name]
  addFlags(to, name, extent)
  // The usage line says what they are.
  if (spec.positionals !== undefined)
    to.positional(spec.positionals.name, { type: 'string' }).hide(spec.positionals.name)
  if (extent === 'words') return to
  const positionals = spec.positionals === undefined ? '' : ` ${spec.positionals.usage}`
  to.usage(`Usage: lagoon ${name}${positionals} [flags]\n\n${spec.describe}.`)
  for (const [example, what] of spec.examples ?? []) to.example(example, what)
  const whole = name === 'sync' && extent === 'all'
  return to.epilogue(whole ? details : 'lagoon --help shows all commands.')
}

function flagsOf(name: CommandName): readonly FlagName[] {
  return commands[name].flags
}

/** In few calls, because yargs checks its input in each of them, which takes time. */
function addFlags(to: Argv, name: CommandName, extent: Extent): void {
  const { flags: names, positionals }: CommandSpec = commands[name]
  readAs(to, names).nargs(Object.fromEntries(names.filter(needsValue).map((flag) => [flag, 1])))
  for (const flag of names) {
    const alias = aliases[flag]
    if (alias !== undefined) to.alias(flag, alias)
  }
  const takes = (flag: FlagName): boolean => names.includes(flag)
  if (extent === 'words') {
    addAliases(to, takes)
    // yargs lays out the help of every command that it runs. Hidden, these leave nothing to lay out.
    for (const name of ['help', 'help-all', 'version', 'verbose', 'quiet']) to.hide(name)
    return
  }
  to.describe(Object.fromEntries(names.map((flag) => [flag, describeFlag(flags[flag])])))
  for (const title of new Set<string>(names.map((flag) => flagGroups[flag])))
    to.group(
      names.filter((flag) => flagGroups[flag] === title),
      title,
    )
  const all = extent !== 'short' || names.length <= fewFlags
  for (const flag of names) if (!all && !essential.has(flag)) to.hide(flag)
  addAliases(to, takes)
  if (extent !== 'completion') return
  // Choices are checked elsewhere, together with variables, in any case.
  for (const flag of names) {
    const of: Flag = flags[flag]
    if (of.kind === 'choice') to.option(flag, { choices: of.choices })
  }
  if (positionals?.choices !== undefined) to.option(positionals.name, { choices: positionals.choices })
}

/** Which flags take a value, for the command or the words that follow. */
export function readAs(to: Argv, names: readonly FlagName[]): Argv {
  to.boolean(names.filter(isSwitch)).string(names.filter((name) => !isSwitch(name)))
  return (to as Recent).global(names, false)
}

function isSwitch(name: FlagName): boolean {
  return flags[name].kind === 'boolean'
}

function needsValue(name: FlagName): boolean {
  return !isSwitch(name) && !('valueAlone' in flags[name])
}

function describeFlag(flag: Flag): string {
  const { defaultText } = flag
  const extra = [valuesOf(flag), ...(defaultText === undefined ? [] : [`default ${defaultText}`])].filter(
    Boolean,
  )
  return `${flag.describe}${extra.length === 0 ? '' : ` [${extra.join('; ')}]`}`
}

function valuesOf(flag: Flag): string {
  switch (flag.kind) {
    case 'boolean':
      return ''
    case 'size':
      return `${sizeText(flag.minimum)} to ${sizeText(flag.maximum)}`
    case 'integer':
    case 'number':
      return `${flag.minimum} to ${flag.maximum}`
    case 'choice':
      return flag.choices.join(' | ')
    case 'text':
      return valueNameOf(flag)
  }
}
