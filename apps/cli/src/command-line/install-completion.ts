import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'
import { completionScript, type Shell } from './completion.js'

/** Where fish looks automatically, and the file that another shell reads when it starts. */
const places: Record<Shell, { readonly script: string; readonly startup?: string }> = {
  bash: { script: '.local/share/lagoon/completion.bash', startup: '.bashrc' },
  zsh: { script: '.local/share/lagoon/completion.zsh', startup: '.zshrc' },
  fish: { script: '.config/fish/completions/lagoon.fish' },
}

/**
 * Writes the completion script into the home directory and makes the shell read it; repeating this changes nothing.
 * @returns the files that were written
 * @throws CliError LAGOON_CLI_FILE
 */
export function installCompletion(shell: Shell, home = homedir()): string[] {
  const { script, startup } = places[shell]
  const path = join(home, script)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, completionScript(shell))
    if (startup === undefined) return [path]
    const line = `source "$HOME/${script}"`
    const file = join(home, startup)
    if (!textOf(file).includes(line)) appendFileSync(file, `\n# Completion of lagoon\n${line}\n`)
    return [path, file]
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `cannot install completion: ${printable((cause as Error).message)}`,
      `Install it manually: lagoon completion ${shell} > FILE`,
      { cause },
    )
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
