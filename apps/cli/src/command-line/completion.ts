import yargs from 'yargs'

/** What the program is called. */
const programs = ['lagoon', 'lagoon-sync'] as const

export const shells = ['bash', 'zsh', 'fish'] as const

export type Shell = (typeof shells)[number]

/** How the completion scripts of shells call the program. */
export const completionRequest = '--get-yargs-completions'

/** The completion script of a shell, as written by yargs: on each key press it asks the program what may follow. */
export function completionScript(shell: Shell): string {
  const scripts = programs.map((program) => withShell(shell, () => scriptOf(program)))
  return (
    scripts
      .join('')
      // The response is in the form of the shell that asks, whatever the user's login shell is.
      .replaceAll(/\blagoon(-sync)? --get/g, `env SHELL=${shell} lagoon$1 --get`)
      .replaceAll('(commandline -o)[2..-1]', '(commandline -opc)[2..-1] (commandline -ct)')
      // The line that zsh finds functions by has to be the first and only one.
      .replaceAll(/^#compdef .*\n/gm, '')
      .replace(/^/, shell === 'zsh' ? `#compdef ${programs.join(' ')}\n` : '')
  )
}

function scriptOf(program: string): string {
  let script = ''
  yargs()
    .scriptName(program)
    .exitProcess(false)
    .completion('completion', false)
    .parse(['completion'], {}, (_error, _words, output) => void (script = output))
  return `${script}\n`
}

/** yargs uses the variable SHELL and offers no other way. */
function withShell<T>(shell: Shell, work: () => T): T {
  const { SHELL } = process.env
  process.env.SHELL = shell
  try {
    return work()
  } finally {
    process.env.SHELL = SHELL ?? ''
  }
}
