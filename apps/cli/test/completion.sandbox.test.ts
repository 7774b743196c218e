import { execFileSync, spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { commandNames } from '../src/commands/catalogue.js'
import { bashScript } from '../src/completion/bash.js'
import { fishScript } from '../src/completion/fish.js'
import { zshScript } from '../src/completion/zsh.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const inBash = (...words: string[]) => {
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const script = `${bashScript()}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _lagoon; echo "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()
}

test('bash completes commands, their second words, flags and values', () => {
  expect(inBash('lagoon', 'sta')).toBe('status state')
  expect(inBash('lagoon', 'state', 'com')).toBe('compact')
  expect(inBash('lagoon', 'failures', '--cl')).toBe('--class')
  expect(inBash('lagoon', '--max-c')).toBe('--max-concurrency')
  expect(inBash('lagoon', '--log-level', 'WARN')).toBe('WARNING')
})

test('bash completes a value behind an equals sign, which it takes for a word of its own', () => {
  expect(inBash('lagoon', '--log-level', '=')).toBe('DEBUG INFO WARNING ERROR')
  expect(inBash('lagoon', '--log-level', '=', 'WARN')).toBe('WARNING')
})

test.runIf(spawnSync('fish', ['--version']).status === 0)(
  'fish completes the flags of a command and no others',
  () => {
    const script = join(temporaryDirectory(), 'lagoon.fish')
    writeFileSync(script, fishScript())
    const inFish = (line: string) =>
      execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
        encoding: 'utf8',
      })
        .split('\n')
        .map((found) => found.split('\t')[0])
        .filter(Boolean)
    expect(inFish('lagoon ctl p')).toContain('pause')
    expect(inFish('lagoon status --li')).toEqual(['--limit'])
    expect(inFish('lagoon ctl status --li')).toEqual([])
    expect(inFish('lagoon --log-level ')).toContain('WARNING')
  },
)

test('fish: flags of status are not those of ctl status', () => {
  expect(fishScript()).toContain(
    "-n '__fish_seen_subcommand_from status; and not __fish_seen_subcommand_from ctl' -l limit",
  )
})

test('zsh: a command is the first word for its flags, or none of them would be offered behind it', () => {
  const script = zshScript()
  for (const name of commandNames) {
    const words = name.split(' ').length
    const pattern = words === 2 ? `'${name}')` : `'${name} '*)`
    expect(script).toContain(`    ${pattern} shift ${words} words; (( CURRENT -= ${words} )); _arguments `)
  }
  expect(script).toContain("'--log-level=[")
  expect(script).toMatch(/'state forget'\) .*'\*:file:_files' ;;/)
})
