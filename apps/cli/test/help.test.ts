import { expect, test } from 'vitest'
import { parseArguments } from '../src/command-line/parse-arguments.js'
import { commandNames, commands } from '../src/command-specs/commands.js'

const helpOf = (words: readonly string[], width: number): string =>
  parseArguments([...words, '--help'], width).output!

test.each([80, 120, 300])('no line of any help is wider than a terminal of %i columns', (width) => {
  for (const name of ['', ...commandNames]) {
    // An example is a command to copy.
    const text = helpOf(name.split(' ').filter(Boolean), width).split('\nExamples:')[0]!
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.min(width, 120))
  }
})

test('the help of the program fits on a screen, contains every first word, and says how to see the rest', () => {
  const text = helpOf([], 100)
  expect(text.split('\n').length).toBeLessThanOrEqual(50)
  for (const name of commandNames) expect(text).toContain(`lagoon ${name.split(' ')[0]}`)
  expect(text).toContain('--help-all')
})

test('--help-all shows every flag of a command in groups, and the exit codes', () => {
  const text = parseArguments(['--help-all'], 100).output!
  for (const flag of commands.sync.flags) expect(text).toContain(`--${flag}`)
  expect(text).toMatch(/Which objects:[^]*The run:[^]*How they are copied:[^]*Reports and logs:[^]*Settings:/)
  expect(text).toContain('Exit codes:')
})

test.each(['sync', 'verify', 'init'])(
  'the help of %s shows its arguments in the usage line only',
  (command) => {
    const { output } = parseArguments([command, '--help-all'])
    expect(output).toContain(`Usage: lagoon ${command} [s3://SOURCE`)
    expect(output).not.toContain('Positionals:')
  },
)

test('a flag shows its range and its default', () => {
  const text = parseArguments(['sync', '--help-all'], 120).output!.replaceAll(/\s+/g, ' ')
  expect(text).toContain('[1 to 16384; default 1024]')
  expect(text).toContain('[DEBUG | INFO | WARNING | ERROR; default INFO]')
})
