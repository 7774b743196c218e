import { expect, test } from 'vitest'
import { commandNames, commands } from '../src/command-specs/commands.js'
import { flags, type FlagName } from '../src/options/flags.js'
import { parseArguments } from '../src/command-line/parse-arguments.js'
import { failureOf } from './support/failure-of.js'

const sample = (name: FlagName): string => {
  const flag = flags[name]
  if (flag.kind === 'choice') return flag.choices[0]
  return flag.kind === 'integer' || flag.kind === 'number' ? String(flag.minimum) : 'value'
}

test('the default command is sync', () => {
  expect(parseArguments([])).toMatchObject({ command: 'sync', flags: {} })
  expect(
    parseArguments(['--data-dir', 'D', '--max-concurrency', '512', '--log-level', 'DEBUG']),
  ).toMatchObject({
    command: 'sync',
    flags: { 'data-dir': 'D', 'max-concurrency': '512', 'log-level': 'DEBUG' },
  })
})

for (const command of commandNames) {
  test.each(commands[command].flags.map((name) => [name]))(
    `${command} takes --%s before and after its name`,
    (name) => {
      const given = flags[name].kind === 'boolean' ? [`--${name}`] : [`--${name}`, sample(name)]
      const value = flags[name].kind === 'boolean' ? true : sample(name)
      const rest = Array.from(
        { length: (commands[command] as { positionals?: { minimum: number } }).positionals?.minimum ?? 0 },
        () => 'x',
      )
      expect(parseArguments([...command.split(' '), ...rest, ...given])).toMatchObject({
        command,
        flags: { [name]: value },
      })
      expect(parseArguments([...given, ...command.split(' '), ...rest])).toMatchObject({
        command,
        flags: { [name]: value },
      })
    },
  )
}

test('a value may follow an equals sign, be empty, or begin with a digit and a dash', () => {
  expect(parseArguments(['--manifest-prefix=a=b', '--report=2024-01.jsonl']).flags).toEqual({
    'manifest-prefix': 'a=b',
    report: '2024-01.jsonl',
  })
  expect(parseArguments(['--manifest-prefix=']).flags).toEqual({ 'manifest-prefix': '' })
  expect(parseArguments(['--manifest-prefix', '']).flags).toEqual({ 'manifest-prefix': '' })
})

test('numbers stay as they were typed', () => {
  expect(parseArguments(['--data-dir', '007', '--concurrency', '1e3']).flags).toEqual({
    'data-dir': '007',
    concurrency: '1e3',
  })
})

test.each([
  ['--json', true],
  ['--json=true', true],
  ['--json=Yes', true],
  ['--json=off', false],
  ['--json=0', false],
])('%s is %s', (given, value) => {
  expect(parseArguments([given]).flags).toEqual({ json: value })
})

test('for a repeated flag the last value counts', () => {
  expect(parseArguments(['--data-dir', 'a', '--data-dir', 'b']).flags).toEqual({ 'data-dir': 'b' })
})

test('a dash is a word and a value like any other', () => {
  expect(parseArguments(['manifest', 'inspect', '-']).positionals).toEqual(['-'])
  expect(parseArguments(['--manifest', '-', '--manifest=a']).flags).toEqual({ manifest: ['-', 'a'] })
  expect(parseArguments(['--manifest', '-']).flags).toEqual({ manifest: '-' })
})

test('commands of two words are found by both', () => {
  expect(parseArguments(['state', 'forget', 'a', 'b'])).toMatchObject({
    command: 'state forget',
    positionals: ['a', 'b'],
  })
  expect(parseArguments(['--data-dir', 'D', 'state', 'compact'])).toMatchObject({ command: 'state compact' })
})

test.each([
  [
    ['ctl', 'set'],
    'ctl set needs more arguments: lagoon ctl set <NAME=VALUE ...>',
    'Run lagoon ctl set --help',
  ],
  [['snyc'], 'unknown command "snyc"', 'Did you mean sync? Commands: '],
  [['--max-concurency', '5'], 'unknown flag --max-concurency', 'Did you mean --max-concurrency?'],
  [['--dataDir', 'x'], 'unknown flag --dataDir', 'Did you mean --data-dir?'],
  [['--zebra'], 'unknown flag --zebra', 'Run lagoon sync --help'],
  [['-json'], 'unknown flag -json', 'Did you mean --json?'],
  [['-x'], 'unknown flag -x', 'Run lagoon sync --help'],
  [['--no-json'], 'unknown flag --no-json', 'Write --json=false.'],
  [['ctl'], 'ctl needs a second word', 'Commands: ctl status, ctl pause, ctl resume, ctl set.'],
  [['state', 'compcat'], 'unknown command "state compcat"', 'Did you mean state compact?'],
  [['failures', '--dryrun'], 'unknown flag --dryrun', 'Run lagoon failures --help-all'],
  [['--class', 'row'], 'sync does not take --class', 'failures does.'],
  [['--include', '*.jpg'], 'there is no flag --include', 'Use --filter-glob GLOB'],
  [['--bwlimit', '10M'], 'there is no flag --bwlimit', 'Use --max-bytes-per-second'],
  [['completion', 'bash', 'zsh'], 'unexpected argument "zsh"', 'Run lagoon completion --help'],
  [['status', '-n'], 'unknown flag -n', 'Run lagoon status --help-all'],
  [['manifest'], 'manifest needs a second word', 'Commands: manifest inspect, manifest create.'],
  [['state', '--json'], 'state needs a second word', 'Commands: state forget, '],
  [
    ['ctl', 'stat'],
    'unknown command "ctl stat"',
    'Did you mean ctl status? Commands: ctl status, ctl pause, ',
  ],
  [['config', 'x'], 'unknown command "config x"', 'Commands: config show, config schema.'],
  [['sync', 'extra'], 'unexpected argument "extra"', 'Run lagoon sync --help'],
  [['sync', '--', '--json'], 'unexpected argument "--json"', 'Run lagoon sync --help'],
  [['--data-dir'], '--data-dir needs a value', 'Write --data-dir DIRECTORY.'],
  [['--report', '--json'], '--report needs a value', 'Write --report FILE.'],
  [['--log-level'], '--log-level needs a value', 'Write --log-level DEBUG|INFO|WARNING|ERROR.'],
  [['demo', '--report', 'x.jsonl'], 'demo does not take --report', 'sync'],
  [['--source-bucket', 'lake'], 'there is no flag --source-bucket', 'Set it as LAGOON_SOURCE_BUCKET'],
  [['--\u001b[2Jx'], 'unknown flag --\\x1b[2Jx', 'Run lagoon sync --help'],
])('%j is refused: %s', (argv, message, hint) => {
  const error = failureOf(() => parseArguments(argv))
  expect(error).toMatchObject({ code: 'LAGOON_CLI_USAGE', exitCode: 2, message })
  expect(error.hint).toContain(hint)
})

test('a switch that is neither true nor false is refused', () => {
  expect(failureOf(() => parseArguments(['--json=maybe']))).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: '--json is "maybe"',
    hint: 'Allowed: true or false.',
  })
})

test('help and version are recognised beside any other flag', () => {
  expect(parseArguments(['-h']).output).toContain('Usage: lagoon [command] ')
  expect(parseArguments(['demo', '--help']).output).toContain('Usage: lagoon demo [flags]')
  expect(parseArguments(['help', 'state', 'forget']).output).toContain('Usage: lagoon state forget [KEY ...]')
  expect(parseArguments(['help']).output).toBe(parseArguments(['--help']).output)
  expect(parseArguments(['sync', '--version']).version).toBe(true)
  expect(parseArguments(['-V']).version).toBe(true)
})

test.each([
  [['-n'], { 'dry-run': true }],
  [['-v'], { 'log-level': 'DEBUG' }],
  [['-q'], { 'log-level': 'ERROR' }],
  [['-v', '--log-level', 'INFO'], { 'log-level': 'INFO' }],
  [['--transfers', '64'], { concurrency: '64' }],
  [['--files-from', 'keys.txt'], { manifest: './keys.txt' }],
  [['--files-from=-'], { manifest: '-' }],
  [['--files-from', '/lists/keys.txt'], { manifest: '/lists/keys.txt' }],
  [['-P'], {}],
  [['-nP'], { 'dry-run': true }],
])('%j, as in other tools, is %j', (argv, expected) => {
  expect(parseArguments(argv).flags).toEqual(expected)
})
