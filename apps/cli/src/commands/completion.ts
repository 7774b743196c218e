import { CliError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import { bashScript } from '../completion/bash.js'
import { fishScript } from '../completion/fish.js'
import { shells, type Shell } from '../completion/vocabulary.js'
import { zshScript } from '../completion/zsh.js'
import { nearest } from '../options/nearest.js'
import { printable } from '../output/printable.js'
import type { CommandContext, CommandOutcome } from './command.js'

const scripts: Record<Shell, () => string> = { bash: bashScript, zsh: zshScript, fish: fishScript }

/** The completion script of a shell, made from the table of commands and flags. */
export async function run({ positionals }: CommandContext): Promise<CommandOutcome> {
  const shell = positionals[0]!
  if (!isShell(shell)) {
    const meant = nearest(shell, shells)
    throw new CliError(
      'LAGOON_CLI_INVALID_VALUE',
      `there is no completion for ${JSON.stringify(printable(shell))}`,
      `Allowed: ${shells.join(', ')}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`,
    )
  }
  const script = scripts[shell]()
  return { exitCode: exitCodes.ok, data: { type: 'completion', shell, script }, render: () => script }
}

function isShell(name: string): name is Shell {
  return Object.hasOwn(scripts, name)
}
