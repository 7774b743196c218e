import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeEach, expect, test } from 'vitest'
import { completionScript, shells } from '../src/command-line/completion.js'
import { installCompletion } from '../src/command-line/install-completion.js'
import { completionShellSyntax } from './support/completion-syntax.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const program = fileURLToPath(new URL('../bin/lagoon.js', import.meta.url))
let directory = ''
let env = {}

beforeEach(() => {
  directory = temporaryDirectory()
  writeFileSync(join(directory, 'lagoon'), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
  chmodSync(join(directory, 'lagoon'), 0o755)
  env = { PATH: `${directory}:${process.env.PATH}` }
})

const inBash = (...words: string[]) => {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const script = `${completionScript('bash')}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _lagoon_yargs_completions; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8', env }).trim()
}

test('bash completes commands, their second words, flags and values', () => {
  expect(inBash('lagoon', 'sta')).toBe('status state')
  expect(inBash('lagoon', 'state', 'com')).toBe('compact')
  expect(inBash('lagoon', 'failures', '--cl')).toBe('--class')
  expect(inBash('lagoon', '--max-c')).toBe('--max-concurrency')
  expect(inBash('lagoon', '--log-level', 'WARN')).toBe('WARNING')
  expect(inBash('lagoon', '--log-level', '=', 'WARN')).toBe('WARNING')
  expect(inBash('lagoon', 'completion', 'z')).toBe('zsh')
})

test.runIf(spawnSync('fish', ['--version']).status === 0)(
  'fish completes the flags of a command and no others',
  () => {
    const script = join(directory, 'lagoon.fish')
    writeFileSync(script, completionScript('fish'))
    const inFish = (line: string) =>
      execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
        encoding: 'utf8',
        env,
      })
        .split('\n')
        .map((found) => found.split('\t')[0])
        .filter(Boolean)
    expect(inFish('lagoon ctl p')).toContain('pause')
    expect(inFish('lagoon status --li')).toContain('--limit')
    expect(inFish('lagoon ctl status --li')).not.toContain('--limit')
    expect(inFish('lagoon --log-level ')).toContain('WARNING')
  },
)

test.each(shells)("the script for %s is valid there and requests that shell's format", (shell) => {
  const script = completionScript(shell)
  completionShellSyntax(shell, script)
  expect(script).toContain(`env SHELL=${shell} lagoon --get-yargs-completions`)
  expect(script).toContain(`env SHELL=${shell} lagoon-sync --get-yargs-completions`)
})

test('installing the completion twice makes the shell read it once', () => {
  const home = temporaryDirectory()
  writeFileSync(join(home, '.bashrc'), 'alias ll="ls -l"\n')
  expect(installCompletion('bash', home)).toEqual([
    join(home, '.local/share/lagoon/completion.bash'),
    join(home, '.bashrc'),
  ])
  installCompletion('bash', home)
  const startup = readFileSync(join(home, '.bashrc'), 'utf8')
  expect(startup.split('completion.bash')).toHaveLength(2)
  expect(startup).toContain('alias ll')
  expect(installCompletion('fish', home)).toEqual([join(home, '.config/fish/completions/lagoon.fish')])
})
