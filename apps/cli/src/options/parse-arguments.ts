import parser from 'yargs-parser'
import { commandNames, commands, commandIn, type CommandName } from '../commands/catalogue.js'
import type { CommandSpec } from '../commands/command-spec.js'
import { CliError } from '../errors.js'
import { printable } from '../output/printable.js'
import type { Flag } from './flag.js'
import { flagNames, flags, isFlagName } from './flags.js'
import { enumerate, nearest } from './nearest.js'
import { parseBoolean } from './parse-value.js'
import { endpointVariables } from './variables.js'

/** Several where the flag was given several times and all count. */
export type FlagValue = string | boolean | readonly string[]

export interface ParsedArguments {
  /** `sync` when none is named. */
  readonly command: CommandName
  /** False when the command was left out. */
  readonly named: boolean
  readonly flags: Readonly<Record<string, FlagValue>>
  readonly positionals: readonly string[]
  readonly help: boolean
  readonly version: boolean
}

/**
 * Splits the arguments into command, flags and the rest, and refuses what does not exist with the nearest thing that does.
 * Values stay text; what they mean is found out where variables are read too.
 * @throws CliError LAGOON_CLI_USAGE, LAGOON_CLI_INVALID_VALUE
 */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  const parsed = tokenize(argv)
  const words = parsed._.map(String)
  const found = commandIn(words)
  const named = found !== undefined
  const command = found?.name ?? 'sync'
  const spec: CommandSpec = commands[command]
  const positionals = words.slice(found?.length ?? 0)
  const given = Object.fromEntries(
    Object.entries(parsed).filter(([name, value]) => name !== '_' && value !== undefined),
  ) as Record<string, FlagValue>
  const { help = false, version = false, ...rest } = given
  for (const name of Object.keys(rest)) refuseUnknownFlag(name, command, argv)
  if (help !== true && version !== true) checkPositionals(positionals, named, command, spec)
  return { command, named, flags: rest, positionals, help: help === true, version: version === true }
}

function tokenize(argv: readonly string[]): { _: (string | number)[]; [flag: string]: unknown } {
  const booleans = ['help', 'version', ...flagNames.filter((name) => flags[name].kind === 'boolean')]
  const valued = flagNames.filter((name) => flags[name].kind !== 'boolean')
  const tokens = argv.map((token, index) => normalise(token, argv[index + 1], booleans))
  const { argv: result, error } = parser.detailed(tokens, {
    boolean: booleans,
    string: valued,
    narg: Object.fromEntries(valued.map((name) => [name, 1])),
    alias: { help: ['h'] },
    configuration: {
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'duplicate-arguments-array': true,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
    },
  })
  const problem = error?.message
  if (problem !== undefined) {
    const lacking = /following: (.*)$/.exec(problem)?.[1]
    throw new CliError(
      'LAGOON_CLI_USAGE',
      lacking === undefined ? problem : `--${lacking} needs a value`,
      lacking !== undefined && isFlagName(lacking)
        ? `Write --${lacking} ${valueNameOf(flags[lacking])}.`
        : 'Run lagoon --help.',
    )
  }
  return { ...result, ...lastOfEach(result) } as { _: (string | number)[]; [flag: string]: unknown }
}

/** A flag that is given several times counts as given last, unless all its values count. */
function lastOfEach(parsed: object): object {
  return Object.fromEntries(
    Object.entries(parsed).flatMap(([name, value]) => {
      if (name === '_' || !Array.isArray(value)) return []
      const flag: Flag | undefined = isFlagName(name) ? flags[name] : undefined
      return flag?.kind === 'text' && flag.repeatable ? [] : [[name, value.at(-1)]]
    }),
  )
}

function normalise(token: string, next: string | undefined, booleans: readonly string[]): string {
  const name = token.replace(/^--/, '')
  const flag: Flag | undefined = token !== name && isFlagName(name) ? flags[name] : undefined
  if (flag?.kind !== 'text' || flag.valueAlone === undefined) return normaliseBoolean(token, booleans)
  return next === undefined || next.startsWith('-') ? `${token}=${flag.valueAlone}` : token
}

/** `--json=yes` becomes `--json=true`; what is neither true nor false is refused instead of taken for false. */
function normaliseBoolean(token: string, booleans: readonly string[]): string {
  const [, name, value] = /^--([^=]+)=(.*)$/s.exec(token) ?? []
  if (name === undefined || value === undefined || !booleans.includes(name)) return token
  return `--${name}=${parseBoolean({ value, origin: `--${name}`, from: 'flag' })}`
}

function refuseUnknownFlag(name: string, command: CommandName, argv: readonly string[]): void {
  const allowed: readonly string[] = commands[command].flags
  if (allowed.includes(name)) return
  const given = argv.find((token) => token === `--${name}` || token.startsWith(`--${name}=`))
  const shown =
    given === undefined
      ? (argv.find((token) => /^-[^-]/.test(token) && token.includes(name)) ?? `-${name}`)
      : `--${name}`
  const help = `Run lagoon ${command} --help to see all.`
  if (isFlagName(name)) {
    const takers = commandNames.filter((other) => (commands[other].flags as readonly string[]).includes(name))
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `${command} does not take --${name}`,
      `${enumerate(takers)} ${takers.length === 1 ? 'does' : 'do'}. ${help}`,
    )
  }
  const variable = `LAGOON_${name.toUpperCase().replaceAll('-', '_')}`
  if ((endpointVariables as readonly string[]).includes(variable)) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `there is no flag ${printable(shown)}`,
      `Set it as ${variable} in the environment or in .env.`,
    )
  }
  const negated = name.replace(/^no-/, '')
  if (
    negated !== name &&
    isFlagName(negated) &&
    flags[negated].kind === 'boolean' &&
    allowed.includes(negated)
  ) {
    throw new CliError('LAGOON_CLI_USAGE', `unknown flag ${printable(shown)}`, `Write --${negated}=false.`)
  }
  const meant = nearest(shown.replace(/^-+/, '').replace(/=.*$/s, ''), [...allowed, 'help', 'version'])
  throw new CliError(
    'LAGOON_CLI_USAGE',
    `unknown flag ${printable(shown)}`,
    meant === undefined ? help : `Did you mean --${meant}? ${help}`,
  )
}

function checkPositionals(
  positionals: readonly string[],
  named: boolean,
  command: CommandName,
  spec: CommandSpec,
): void {
  const { minimum, maximum, usage } = spec.positionals ?? { minimum: 0, maximum: 0, usage: '' }
  if (!named && positionals.length > 0) throw unknownCommand(positionals)
  if (positionals.length > maximum) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `unexpected argument ${JSON.stringify(printable(positionals[maximum]!))}`,
      `Run lagoon ${command} --help to see what ${command} takes.`,
    )
  }
  if (positionals.length < minimum) {
    throw new CliError(
      'LAGOON_CLI_USAGE',
      `${command} needs more: lagoon ${command} ${usage}`,
      `Run lagoon ${command} --help.`,
    )
  }
}

function unknownCommand([first = '', second]: readonly string[]): CliError {
  const family = commandNames.filter((name) => name.startsWith(`${first} `))
  const candidates = family.length === 0 ? commandNames : family
  const commands = `Commands: ${candidates.join(', ')}.`
  if (family.length > 0 && second === undefined)
    return new CliError('LAGOON_CLI_USAGE', `${first} needs a second word`, commands)
  const both = second === undefined ? first : `${first} ${second}`
  const meant =
    nearest(both, candidates) ??
    (family.length === 0 ? nearest(first, [...candidates, '--help', '--version']) : undefined)
  return new CliError(
    'LAGOON_CLI_USAGE',
    `unknown command ${JSON.stringify(printable(family.length === 0 ? first : both))}`,
    meant === undefined ? commands : `Did you mean ${meant}? ${commands}`,
  )
}

/** What the help calls a flag's value. */
export function valueNameOf(flag: Flag): string {
  if (flag.kind === 'text') return flag.valueAlone === undefined ? flag.valueName : `[${flag.valueName}]`
  if (flag.kind === 'choice') return flag.choices.join('|')
  if (flag.kind === 'size') return 'SIZE'
  return 'N'
}
