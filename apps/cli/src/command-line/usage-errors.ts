import { commandNames, commands, commandsOf, type CommandName } from '../command-specs/commands.js'
import type { CommandSpec } from '../command-specs/command-spec.js'
import { CliError } from '../errors/cli-error.js'
import { valueNameOf } from '../options/flags/flag.js'
import { flags, isFlagName } from '../options/flags.js'
import { enumerate, nearest } from '../text/nearest.js'
import { isStoreLocation } from '../options/stores-by-position.js'
import { endpointVariables } from '../options/variables.js'
import { printable } from '../text/printable.js'
import { foreignFlagHints } from './flag-aliases.js'

/** The messages of yargs, each replaced by a mark, so that {@link throwUsageError} knows what was wrong whatever the name. */
export const texts = {
  'Unknown argument: %s': { one: 'flag:%s', other: 'flag:%s' },
  'Unknown command: %s': { one: 'command:%s', other: 'command:%s' },
  'Did you mean %s?': 'meant:%s',
  'Not enough arguments following: %s': 'value:%s',
} as unknown as Record<string, string>

/** Where on the command line something was refused. */
interface Invocation {
  /** Undefined before a command was found. */
  readonly command: CommandName | undefined
  /** The arguments that are not flags. */
  readonly words: readonly string[]
  readonly argv: readonly string[]
}

/**
 * Says in our words what yargs refused.
 * @throws CliError LAGOON_CLI_USAGE always, or the error that a value was refused with
 */
export function throwUsageError(
  message: string | null,
  error: Error | undefined,
  { command, words, argv }: Invocation,
): never {
  if (error instanceof CliError) throw error
  const [, kind, names = ''] = /^(\w+):(.*)$/s.exec(message ?? '') ?? []
  switch (kind) {
    case 'flag':
      throw unknownFlag(names.split(', ')[0]!, command ?? 'sync', argv)
    case 'command':
    case 'meant':
      if (command !== undefined) throw unexpectedArgument(command, words[command.split(' ').length] ?? '')
      throw unknownCommand(words, kind === 'meant' ? names : undefined)
    case 'word':
      throw usage(`${words[0]} needs a second word`, `Commands: ${commandsOf(words[0]!).join(', ')}.`)
    case 'value': {
      const hint = isFlagName(names) ? `Write --${names} ${valueNameOf(flags[names])}.` : 'Run lagoon --help.'
      throw usage(`--${names} needs a value`, hint)
    }
    default:
      throw error ?? usage(message ?? 'invalid command line', 'Run lagoon --help.')
  }
}

/** A flag that the command does not accept, or that does not exist. */
export function unknownFlag(name: string, command: CommandName, argv: readonly string[]): CliError {
  const allowed: readonly string[] = commands[command].flags
  const written = argv.some((token) => token === `--${name}` || token.startsWith(`--${name}=`))
  const letters = argv.find((token) => /^-[^-]/.test(token) && token.includes(name))
  const shown = written ? `--${name}` : (letters ?? `-${name}`)
  const help = `Run lagoon ${command} --help-all to see all.`
  const variable = `LAGOON_${name.toUpperCase().replaceAll('-', '_')}`
  if ((endpointVariables as readonly string[]).includes(variable))
    return usage(
      `there is no flag ${printable(shown)}`,
      `Set it as ${variable} in the environment or in .env.`,
    )
  if (isFlagName(name)) {
    const takers = commandNames.filter((other) => (commands[other].flags as readonly string[]).includes(name))
    const others = `${enumerate(takers)} ${takers.length === 1 ? 'does' : 'do'}.`
    return usage(`${command} does not take --${name}`, `${others} ${help}`)
  }
  const positive = name.replace(/^no-/, '')
  const isSwitch = positive !== name && isFlagName(positive) && flags[positive].kind === 'boolean'
  if (isSwitch && allowed.includes(positive))
    return usage(`unknown flag ${printable(shown)}`, `Write --${positive}=false.`)
  if (Object.hasOwn(foreignFlagHints, name))
    return usage(`there is no flag ${printable(shown)}`, foreignFlagHints[name]!)
  const meant = nearest(shown.replace(/^-+/, '').replace(/=.*$/s, ''), [...allowed, 'help', 'version'])
  return usage(
    `unknown flag ${printable(shown)}`,
    meant === undefined ? help : `Did you mean --${meant}? ${help}`,
  )
}

function unknownCommand(words: readonly string[], meant: string | undefined): CliError {
  const [first = ''] = words
  const family = commandsOf(first)
  const all = `Commands: ${(family.length === 0 ? commandNames : family).join(', ')}.`
  const given = family.length === 0 ? first : words.slice(0, 2).join(' ')
  const whole = family.length === 0 ? meant : `${first} ${meant}`
  return usage(
    `unknown command ${JSON.stringify(printable(given))}`,
    meant === undefined ? all : `Did you mean ${whole}? ${all}`,
  )
}

/** @throws CliError LAGOON_CLI_USAGE for fewer arguments than the command needs, or more than it takes */
export function checkPositionals(command: CommandName, given: readonly string[]): void {
  const { positionals, takesStores }: CommandSpec = commands[command]
  if (takesStores === true && given.length > 0 && !given.some(isStoreLocation))
    throw unexpectedArgument(command, given[0]!)
  const { minimum, maximum, usage: needed } = positionals ?? { minimum: 0, maximum: 0, usage: '' }
  if (given.length > maximum) throw unexpectedArgument(command, given[maximum]!)
  if (given.length < minimum)
    throw usage(
      `${command} needs more arguments: lagoon ${command} ${needed}`,
      `Run lagoon ${command} --help.`,
    )
}

function unexpectedArgument(command: CommandName, argument: string): CliError {
  return usage(
    `unexpected argument ${JSON.stringify(printable(argument))}`,
    `Run lagoon ${command} --help to see what ${command} takes.`,
  )
}

function usage(message: string, hint: string): CliError {
  return new CliError('LAGOON_CLI_USAGE', message, hint)
}
