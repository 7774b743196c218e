import { commandNames, type CommandName } from '../commands/catalogue.js'
import { describe, firstWords, flagsOf, following, programs, type CompletedFlag } from './vocabulary.js'

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

/** When a command's flags are offered: its words have been typed, and no other command's, or none, which means sync. */
function condition(command: CommandName): string {
  const others = commandNames
    .filter((name) => name.endsWith(` ${command}`))
    .map((name) => `not __fish_seen_subcommand_from ${name.split(' ')[0]}`)
  const seen = [...command.split(' ').map((word) => `__fish_seen_subcommand_from ${word}`), ...others].join(
    '; and ',
  )
  return command === 'sync' ? `__fish_use_subcommand; or ${seen}` : seen
}

function flagLine(
  program: string,
  command: CommandName,
  { name, describe, takesValue, choices }: CompletedFlag,
): string {
  const values = choices.length > 0 ? ` -x -a ${quote(choices.join(' '))}` : ' -r'
  return `complete -c ${program} -n ${quote(condition(command))} -l ${name}${takesValue ? values : ''} -d ${quote(describe)}`
}

/** Completion for fish. */
export function fishScript(): string {
  const lines = ['# Completion of lagoon for fish: lagoon completion fish | source']
  for (const program of programs) {
    for (const first of firstWords) {
      lines.push(`complete -c ${program} -n __fish_use_subcommand -a ${first} -d ${quote(describe(first))}`)
    }
    for (const [first, words] of following) {
      lines.push(
        `complete -c ${program} -n '__fish_seen_subcommand_from ${first}' -a ${quote(words.join(' '))}`,
      )
    }
    for (const command of commandNames) {
      for (const flag of flagsOf(command)) lines.push(flagLine(program, command, flag))
    }
  }
  return `${lines.join('\n')}\n`
}
