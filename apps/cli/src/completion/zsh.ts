import { commandNames, commands, type CommandName } from '../commands/catalogue.js'
import {
  casePattern,
  describe,
  firstWords,
  flagsOf,
  following,
  programs,
  type CompletedFlag,
} from './vocabulary.js'

/** For the inside of single quotes, where `[`, `]` and `:` mean something to `_arguments` and `_describe`. */
function escape(text: string): string {
  return text.replaceAll(/[[\]:\\]/g, (character) => `\\${character}`).replaceAll("'", `'\\''`)
}

function specification(flag: CompletedFlag): string {
  const values = flag.choices.length > 0 ? `:value:(${flag.choices.join(' ')})` : ':value:_files'
  return `'--${flag.name}${flag.takesValue ? '=' : ''}[${escape(flag.describe)}]${flag.takesValue ? values : ''}'`
}

const specifications = (command: CommandName) =>
  [
    ...flagsOf(command).map(specification),
    ...('positionals' in commands[command] ? ["'*:file:_files'"] : []),
  ].join(' ')

/** The words of the command are taken off: `_arguments` offers no flag behind a word that it does not know. */
function argumentsOf(command: CommandName): string {
  const words = command.split(' ').length
  return `shift ${words} words; (( CURRENT -= ${words} )); _arguments ${specifications(command)}`
}

/** Completion for zsh. */
export function zshScript(): string {
  return `#compdef ${programs.join(' ')}
# Completion of lagoon for zsh: source <(lagoon completion zsh)
_lagoon() {
  local -a commands=(${firstWords.map((first) => `'${first}:${escape(describe(first))}'`).join(' ')})
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then _describe command commands; return; fi
  if (( CURRENT == 3 )) && [[ $words[3] != -* ]]; then
    case $words[2] in
${following.map(([first, seconds]) => `      ${first}) compadd ${seconds.join(' ')}; return ;;`).join('\n')}
    esac
  fi
  case "$words[2] $words[3]" in
${commandNames.map((name) => `    ${casePattern(name)}) ${argumentsOf(name)} ;;`).join('\n')}
    *) _arguments ${specifications('sync')} ;;
  esac
}
compdef _lagoon ${programs.join(' ')}
`
}
