import { expect, test } from 'vitest'
import { describeFailure } from '../src/output/describe-failure.js'
import { configOf } from './support/config-file.js'
import { failureOf } from './support/failure-of.js'

/** What a person reads, without the name of the program and of the file. */
const lineFor = (text: string, profile?: string, name?: string) =>
  describeFailure(failureOf(() => configOf(text, profile, name))).line.replace(
    /^lagoon: lagoon\.config\.\w+:/,
    '',
  )

test.each([
  ['maxAttempts: 1000', '1: maxAttempts is 1000. Allowed: a whole number from 1 to 100. Did you mean 100?'],
  ['maxAttempts: "5"', '1: maxAttempts is "5". Allowed: a whole number from 1 to 100. Did you mean 5?'],
  ['\n\nmaxAttemts: 3', '3: maxAttemts: unknown setting. Did you mean maxAttempts?'],
  [
    'profiles:\n  prod:\n    max-attempts: 3',
    '3: profiles.prod.max-attempts: unknown setting. Did you mean maxAttempts?',
  ],
  ['source:\n  buckt: lake', '2: source.buckt: unknown setting. Did you mean bucket?'],
  ['source:\n  provider: r3', '2: source.provider is "r3". Allowed: aws, minio, r2, '],
  ['source:\n  provider: wasabbi', ' Did you mean wasabi?'],
  ['source: lake', '1: source is "lake". Allowed: a mapping of bucket, provider, '],
  ['source:\n  bucket:', '2: source.bucket is empty. Allowed: text.'],
  ['logLevel: loud', '1: logLevel is "loud". Allowed: DEBUG, INFO, WARNING, ERROR.'],
  ['logLevel: info', ' Did you mean INFO?'],
  ['copyTags: "yes"', '1: copyTags is "yes". Allowed: true or false. Did you mean true?'],
  ['dataDir: 2026', '1: dataDir is 2026. Allowed: text that is not empty. Did you mean "2026"?'],
  ['partSize: 1', '1: partSize is 1. Allowed: bytes, or a number with kB, MB, '],
  ['partSize: 1', ', from 5MiB to 5GiB. Did you mean 5MiB?'],
  ['maxBytesPerSecond: 50 M', '1: maxBytesPerSecond is "50 M". Allowed: bytes, '],
  ['limit: 5', '1: limit cannot be set in a file. Use --limit on the command line.'],
  ['config: other.yaml', '1: config cannot be set in a file. Use --config on the command line.'],
  ['- lake', '1: the file is a list. Allowed: a mapping.'],
  ['profiles:\n  "a b": {}', '2: "a b" cannot be the name of a profile. Allowed: letters, '],
  ['profiles:\n  prod: [1]', '2: profiles.prod is a list. Allowed: a mapping.'],
  [
    'copyTags: maybe\nmaxAttempts: 0\njson: 1',
    'More to correct: lagoon.config.yaml:2, lagoon.config.yaml:3. (LAGOON_CLI_CONFIG_INVALID)',
  ],
])('%j is refused with line, setting, valid values and the nearest one', (text, words) => {
  expect(lineFor(text)).toContain(words)
})

test.each([
  ['a: [', 'lagoon.config.yaml', 'not YAML: Flow sequence'],
  ['maxAttempts: 1\nmaxAttempts: 2', 'lagoon.config.yaml', '2: not YAML: Map keys must be unique'],
  ['maxAttempts: 1\n---\nmaxAttempts: 2', 'lagoon.config.yaml', 'not YAML: '],
  ['copyTags: true\nsource: *nowhere', 'lagoon.config.yaml', '2: not YAML: a word that begins with *'],
  ['{\n  "maxAttempts": 5,\n}', 'lagoon.config.json', '3: not JSON: Expected double-quoted property name.'],
  [
    '{\n  "maxAttempts": 5,\n  "dataDir": state\n}',
    'lagoon.config.json',
    '3: not JSON: text needs double quotes',
  ],
])('%j in %s is refused with its line', (text, name, words) => {
  const line = lineFor(text, undefined, name)
  expect(line).toContain(words)
  expect(line).toContain('(LAGOON_CLI_CONFIG_SYNTAX)')
})

test.each([
  [
    'source:\n  secretAccessKey: hunter2hunter2',
    '2: source.secretAccessKey is a secret and must not be stored in a file. Name the variable that holds it: secretAccessKeyEnv: PROD_SECRET',
  ],
  [
    'source:\n  secretAccessKeyEnv: hunter2hunter2',
    '2: source.secretAccessKeyEnv is not the name of a variable. Allowed: letters in capitals',
  ],
  ['source:\n  secretKey: hunter2hunter2', '2: source.secretKey: unknown setting.'],
  ['source:\n  secretAccessKeyEnv: *hunter2hunter2', 'not YAML'],
  [
    'source:\n  proxy: http://me:hunter2hunter2@proxy:3128',
    '2: source.proxy contains a user or a password. Allowed: a URL without them, or proxyEnv',
  ],
])('a secret in the file, as in %j, is refused and not repeated', (text, words) => {
  const line = lineFor(text)
  expect(line).toContain(words)
  expect(line).not.toContain('hunter2')
})

test('a secret that makes a JSON file invalid is not repeated', () => {
  const text = '{\n"source": {"secretAccessKey": hunter2hunter2}}'
  expect(lineFor(text, undefined, 'lagoon.config.json')).toMatch(/^2: not JSON: (?!.*hunter2)/)
})

test('a profile that does not exist is refused with the existing ones', () => {
  expect(lineFor('profiles: { prod: {}, staging: {} }', 'prd')).toBe(
    'lagoon: --profile is "prd", but lagoon.config.yaml has no such profile. Allowed: prod, staging. Did you mean prod? (LAGOON_CLI_INVALID_VALUE)',
  )
  expect(lineFor('maxAttempts: 1', 'prod')).toContain('It has no profiles: add one under profiles.')
})

test('no escape sequence of a file reaches the terminal', () => {
  const line = lineFor('"\\e]0;owned\\a": 1\nlogLevel: "\\e[2J"')
  expect(line).toContain('\\x1b]0;owned\\x07')
  expect(lineFor('logLevel: "\\e[2J"')).toContain('\\x1b[2J')
})

test('a value and the variable for it cannot be combined', () => {
  expect(lineFor('source:\n  accessKeyId: a\n  accessKeyIdEnv: B')).toContain(
    '3: source.accessKeyIdEnv and lagoon.config.yaml:2: source.accessKeyId set the same value',
  )
})
