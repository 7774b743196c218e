import { commandNames, type CommandName } from '../commands/catalogue.js'
import { casePattern, firstWords, flagsOf, following, programs } from './vocabulary.js'

const reply = (words: readonly string[]) =>
  `COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$word")); return`

const dashed = (command: CommandName) =>
  [...flagsOf(command).map(({ name }) => `--${name}`), '--help'].join(' ')

const choices = new Map(
  commandNames
    .flatMap(flagsOf)
    .filter((flag) => flag.choices.length > 0)
    .map((flag) => [flag.name, flag.choices]),
)

/** Completion for bash. */
export function bashScript(): string {
  return `# Completion of lagoon for bash: source <(lagoon completion bash)
_lagoon() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} flags
  if [[ $word == '=' ]]; then word=
  elif [[ $before == '=' ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  case $before in
${[...choices].map(([name, words]) => `    --${name}) ${reply(words)} ;;`).join('\n')}
  esac
  if [[ $COMP_CWORD -eq 1 && $word != -* ]]; then ${reply(firstWords)}; fi
  if [[ $COMP_CWORD -eq 2 && $word != -* ]]; then
    case $before in
${following.map(([first, words]) => `      ${first}) ${reply(words)} ;;`).join('\n')}
    esac
  fi
  case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${commandNames.map((name) => `    ${casePattern(name)}) flags='${dashed(name)}' ;;`).join('\n')}
    *) flags='${dashed('sync')}' ;;
  esac
  if [[ $word == -* ]]; then COMPREPLY=($(compgen -W "$flags" -- "$word")); fi
}
complete -o default -F _lagoon ${programs.join(' ')}
`
}
