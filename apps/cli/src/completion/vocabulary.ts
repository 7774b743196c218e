import { commandNames, commands, type CommandName } from '../commands/catalogue.js'
import type { Flag } from '../options/flag.js'
import { flags, type FlagName } from '../options/flags.js'

/** What the program is called. */
export const programs = ['lagoon', 'lagoon-sync'] as const

export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** First words of commands, each once. */
export const firstWords: readonly string[] = [...new Set(commandNames.map((name) => name.split(' ')[0]!))]

/** What may follow a first word: the second words of commands that have two, the shells of `completion`. */
export const following: readonly (readonly [first: string, words: readonly string[]])[] = [
  ...firstWords
    .map(
      (first) =>
        [first, commandNames.filter((name) => name.startsWith(`${first} `)).map(secondWord)] as const,
    )
    .filter(([, seconds]) => seconds.length > 0),
  ['completion', shells],
]

function secondWord(name: string): string {
  return name.split(' ')[1]!
}

/** A line about a first word. */
export function describe(first: string): string {
  const seconds = following.find(([word]) => word === first && word !== 'completion')?.[1]
  return seconds === undefined ? commands[first as CommandName].describe : seconds.join(', ')
}

export interface CompletedFlag {
  readonly name: FlagName
  readonly describe: string
  readonly takesValue: boolean
  /** The values there are; none where any text may stand. */
  readonly choices: readonly string[]
}

export function flagsOf(command: CommandName): CompletedFlag[] {
  return commands[command].flags.map((name) => {
    const flag: Flag = flags[name]
    const choices = flag.kind === 'choice' ? flag.choices : []
    const takesValue = flag.kind !== 'boolean' && !('valueAlone' in flag)
    return { name, describe: flag.describe, takesValue, choices }
  })
}

/** Patterns of `case` that match `first second` on a command line. */
export function casePattern(command: CommandName): string {
  return command.includes(' ') ? `'${command}'` : `'${command} '*`
}
