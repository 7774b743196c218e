import yargs, { type Argv } from 'yargs'
import { commands, commandsOf, firstWords, type CommandName } from '../command-specs/commands.js'
import type { CommandSpec } from '../command-specs/command-spec.js'
import type { Flag, FlagValue } from '../options/flags/flag.js'
import { flagNames, flags, isFlagName } from '../options/flags.js'
import { isStoreLocation } from '../options/stores-by-position.js'
import { parseBoolean } from '../options/parse-value.js'
import { completionRequest } from './completion.js'
import { expandAliases } from './flag-aliases.js'
import { describeCommand, describeProgram, familyTitles, readAs, type Extent } from './help.js'
import { checkPositionals, throwUsageError, texts, unknownFlag } from './usage-errors.js'

export interface ParsedArguments {
  /** `sync` if none is given. */
  readonly command: CommandName
  readonly flags: Readonly<Record<string, FlagValue>>
  readonly positionals: readonly string[]
  readonly version: boolean
  /** `--quiet`: a command that copies says nothing but what went wrong. */
  readonly quiet: boolean
  /** Printed instead of running the command: help, or what a shell may complete with. */
  readonly output?: string
}

type Words = Record<string, unknown> & { _: (string | number)[]; $0: string }

const configuration = {
  'boolean-negation': false,
  'camel-case-expansion': false,
  'dot-notation': false,
  'parse-numbers': false,
  'parse-positional-numbers': false,
  'strip-aliased': true,
}
const switches: ReadonlySet<string> = new Set<string>([
  'help',
  'help-all',
  'version',
  'verbose',
  'quiet',
  'progress',
  ...flagNames.filter((name) => flags[name].kind === 'boolean'),
])

/**
 * Splits the arguments into command, flags and the rest, with yargs and our tables of commands and flags. Unknown ones are refused with
 * the nearest valid name. Values stay text: they are interpreted where variables are read, too.
 * @param columns width of the terminal that help is for; text is wrapped at 40 to 120
 * @throws CliError LAGOON_CLI_USAGE, LAGOON_CLI_INVALID_VALUE
 */
export function parseArguments(line: readonly string[], columns = 80): ParsedArguments {
  // Stores without a command belong to `sync`.
  const argv = isStoreLocation(firstWordOf(line)) ? ['sync', ...line] : line
  const completing = argv[0] === completionRequest
  const extent = completing ? 'completion' : helpAskedBy(argv)
  let found: { command: CommandName; words: Words } | undefined
  let current: CommandName | undefined
  let output = ''
  const add = (to: Argv, name: CommandName): Argv =>
    to.command(
      `${name.split(' ').at(-1)}${positionalsOf(commands[name])}`,
      commands[name].describe,
      (own) => {
        current = name
        return describeCommand(own, name, extent)
      },
      (words) => void (found = { command: name, words: words as Words }),
    )
  const root = describeProgram(yargs(), extent)
    .scriptName('lagoon')
    .parserConfiguration(configuration)
    .locale('en')
    .updateStrings(texts)
    .exitProcess(false)
    .wrap(Math.max(40, Math.min(columns, 120)))
    .recommendCommands()
    .strictCommands()
    .strictOptions()
    .version(false)
    .option('help-all', { type: 'boolean', describe: 'Show this help with every flag' })
    .option('version', { type: 'boolean', alias: 'V', describe: 'Show the version' })
    .skipValidation('version')
    .help('help', 'Show this help')
    .alias('help', 'h')
    .check((given) => refuseOthers(given, argv), false)
    .fail((message, error) =>
      throwUsageError(message, error, { command: current, words: wordsIn(root), argv }),
    )
  for (const first of firstWords) {
    const family = commandsOf(first)
    if (family.length === 0) add(root, first as CommandName)
    else
      root.command(first, familyTitles[first]!, (inner) => {
        readAs(inner, flagNames).usage(`Usage: lagoon ${first} <command> [flags]`).demandCommand(1, 'word:')
        for (const name of family) add(inner, name)
        return inner
      })
  }
  const tokens = completing ? argv.filter((token) => token !== '=') : wordsOf(argv).map(hideDash)
  const parsed = root.parse(tokens, {}, (_error, _words, text) => void (output = text)) as Words
  const { command, words } = found ?? { command: 'sync' as const, words: parsed }
  const { _: all, $0: _, help: __, 'help-all': ___, version, ...given } = words
  const { positionals: taken }: CommandSpec = commands[command]
  // After `--` nothing is a flag.
  const behind = all.slice(found === undefined ? 0 : command.split(' ').length)
  const named = taken === undefined ? [] : ((given[taken.name] ?? []) as string[])
  if (taken !== undefined) delete given[taken.name]
  const positionals = [...named, ...behind].map((word) => showDash(String(word)))
  if (output === '' && version !== true) checkPositionals(command, positionals)
  return {
    command,
    flags: expandAliases(lastOfEach(given)),
    positionals,
    version: version === true,
    quiet: given['quiet'] === true,
    ...(output === '' ? {} : { output }),
  }
}

/** The help that the arguments request. It may be too much if a value looks like such a flag, never too little. */
function helpAskedBy(argv: readonly string[]): Extent {
  if (argv.includes('--help-all')) return 'all'
  return argv.includes('help') || argv.some((token) => /^(?:--help\b|-\w*h)/.test(token)) ? 'short' : 'words'
}

/** The first argument that is neither a flag nor the value of one; empty if there is none. */
function firstWordOf(argv: readonly string[]): string {
  const at = argv.findIndex((token, i) => !token.startsWith('-') && !takesNext(argv[i - 1]))
  return argv[at] ?? ''
}

function takesNext(token = ''): boolean {
  const name = token.replace(/^--/, '')
  return (
    token.startsWith('--') &&
    (name === 'transfers' || name === 'files-from' || (isFlagName(name) && !switches.has(name)))
  )
}

/** Flags that only other commands than `sync` take. */
function refuseOthers(given: object, argv: readonly string[]): true {
  const own: readonly string[] = commands.sync.flags
  const other = Object.keys(given).find((name) => isFlagName(name) && !own.includes(name))
  if (other !== undefined) throw unknownFlag(other, 'sync', argv)
  return true
}

function positionalsOf({ positionals }: CommandSpec): string {
  return positionals === undefined ? '' : ` [${positionals.name}..]`
}

/** `lagoon help sync` is `lagoon sync --help`; `--json=yes` is `--json=true`, and any other value is refused. */
function wordsOf(argv: readonly string[]): string[] {
  if (argv[0] === 'help') return [...argv.slice(1), '--help']
  const words = argv.map((token) => {
    const [, name = '', value] = /^--([^=]+)=(.*)$/s.exec(token) ?? []
    if (value === undefined || !switches.has(name)) return token
    return `--${name}=${parseBoolean({ value, origin: `--${name}`, from: 'flag' })}`
  })
  return argv.includes('--help-all') ? [...words, '--help'] : words
}

/** yargs drops `-` among positionals, which stands for standard input: it gets a placeholder instead. */
const dash = '\0-'

function hideDash(word: string): string {
  return word === '-' ? dash : word
}

function showDash(word: string): string {
  return word === dash ? '-' : word
}

/** The last value of a repeated flag counts, unless all its values count; a flag without a value has its own default. */
function lastOfEach(given: Readonly<Record<string, unknown>>): Record<string, FlagValue> {
  const entries = Object.entries(given as Record<string, FlagValue | undefined>).flatMap(([name, value]) => {
    if (value === undefined) return []
    const flag: Flag | undefined = isFlagName(name) ? flags[name] : undefined
    const text = flag?.kind === 'text' ? flag : undefined
    const shown = Array.isArray(value) ? value.map(showDash) : value
    const counted = Array.isArray(shown) && text?.repeatable !== true ? (shown.at(-1) as string) : shown
    return [
      [
        name,
        counted === dash ? '-' : counted === '' && text?.valueAlone !== undefined ? text.valueAlone : counted,
      ] as const,
    ]
  })
  return Object.fromEntries(entries)
}

function wordsIn({ parsed }: Argv): string[] {
  return parsed ? parsed.argv._.map(String) : []
}
