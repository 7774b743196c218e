import { spawnSync } from 'node:child_process'

/** Fails when the shell is on this machine and refuses the script's syntax. */
export function completionShellSyntax(shell: string, script: string): void {
  const flag = shell === 'fish' ? '--no-execute' : '-n'
  const { error, status, stderr } = spawnSync(shell, [flag], { input: script, encoding: 'utf8' })
  if (error === undefined && status !== 0)
    throw new Error(`${shell} refuses the completion script: ${stderr}`)
}
