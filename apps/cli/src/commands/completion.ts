import { completionScript, shells, type Shell } from '../command-line/completion.js'
import { installCompletion } from '../command-line/install-completion.js'
import { exitCodes } from '../errors/exit-codes.js'
import { booleanFlag } from '../options/flag-values.js'
import { parseChoice } from '../options/parse-value.js'
import { printable } from '../text/printable.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Prints the completion script of a shell, or installs it with `--install`. */
export async function run({ positionals, settings, environment }: CommandContext): Promise<CommandOutcome> {
  const shell = shellOf(positionals[0], environment.SHELL)
  if (!booleanFlag(settings, 'install')) {
    const script = completionScript(shell)
    return { exitCode: exitCodes.ok, data: { type: 'completion', shell, script }, render: () => script }
  }
  const files = installCompletion(shell)
  return {
    exitCode: exitCodes.ok,
    data: { type: 'completion', shell, files },
    render: () => `Wrote ${files.map(printable).join(' and ')}. Start a new ${shell} to use it.\n`,
  }
}

/** The shell that is named, else the user's own. */
function shellOf(named: string | undefined, own = ''): Shell {
  const value = named ?? own.split('/').at(-1)!
  return parseChoice({ value, origin: named === undefined ? 'the shell' : 'SHELL', from: 'flag' }, shells)
}
