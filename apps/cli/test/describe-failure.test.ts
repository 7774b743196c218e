import { expect, test } from 'vitest'
import { CliError } from '../src/errors/cli-error.js'
import { describeFailure } from '../src/output/describe-failure.js'
import { createSettings } from '../src/options/settings.js'
import { createRedactor } from '../src/text/redact.js'

test('an error of ours becomes one line: what, where, what to do, and its code', () => {
  const error = new CliError('LAGOON_CLI_MISSING_SETTING', 'X is not set', 'Set it.')
  expect(describeFailure(error)).toMatchObject({
    line: 'lagoon: X is not set. Set it. (LAGOON_CLI_MISSING_SETTING)',
    exitCode: 2,
    data: { type: 'error', code: 'LAGOON_CLI_MISSING_SETTING', message: 'X is not set', hint: 'Set it.' },
  })
})

test('an error of a package ends with its exit code', () => {
  const error = Object.assign(new Error('held by process 7'), {
    code: 'LAGOON_STATE_LOCKED',
    hint: 'wait for it to end',
    exitCode: 4,
  })
  expect(describeFailure(error)).toMatchObject({
    line: 'lagoon: held by process 7. Wait for it to end. (LAGOON_STATE_LOCKED)',
    exitCode: 4,
  })
})

test.each([
  [
    'LAGOON_JOBS_NO_SUCH_JOB',
    'the queue has no job x',
    /run `lagoon job list`; choose one with --job\. \(LAGOON/,
  ],
  [
    'LAGOON_JOBS_PERMISSION_DENIED',
    'the NATS user may not publish to x',
    /`lagoon doctor --queue` prints all/,
  ],
  ['LAGOON_JOBS_RECORD_DAMAGED', 'damaged; use a file that `exportJob` wrote', /`lagoon job export` wrote/],
  ['LAGOON_JOBS_INVALID_OPTION', '`credsFile` must be a file', /^lagoon: --queue-creds must be a file/],
])('an error %s of a job names commands and flags', (code, message, line) => {
  const failure = describeFailure(Object.assign(new Error(message), { code, hint: 'Check it.' }))
  expect(failure.line).toMatch(line)
})

test("a store's refusal that ends a run keeps the store's own code", () => {
  const error = Object.assign(new Error('GET "k": 400 ExpiredToken'), {
    code: 'ExpiredToken',
    hint: 'Renew the credentials.',
    reason: 'credentials',
  })
  expect(describeFailure(error)).toMatchObject({
    line: 'lagoon: GET "k": 400 ExpiredToken. Renew the credentials. (ExpiredToken)',
    exitCode: 2,
    data: { code: 'ExpiredToken' },
  })
})

test.each([[new TypeError('x is not a function')], ['a string'], [undefined], [null], [{ code: 'EIO' }]])(
  'anything else (%s) is reported as an internal error',
  (thrown) => {
    const failure = describeFailure(thrown)
    expect(failure.exitCode).toBe(1)
    expect(failure.line).toMatch(/This is a bug in Lagoon Sync.*\(LAGOON_UNEXPECTED\)$/)
  },
)

test('a message with line breaks and escape sequences stays one harmless line', () => {
  const { line } = describeFailure(new CliError('LAGOON_CLI_FILE', 'a\nb\u001b[2J', 'c'))
  expect(line).toBe('lagoon: a\\nb\\x1b[2J. C. (LAGOON_CLI_FILE)')
})

test('causes are listed in order, each once, even if they are circular', () => {
  const inner: Error & { cause?: unknown } = Object.assign(new Error('connect refused'), {
    code: 'ECONNREFUSED',
  })
  const outer = new CliError('LAGOON_CLI_FILE', 'outer', 'h', { cause: inner })
  inner.cause = outer
  const told = describeFailure(outer).details.filter((line) => !line.trim().startsWith('at '))
  expect(told).toEqual([
    'CliError: outer [LAGOON_CLI_FILE]',
    'caused by: Error: connect refused [ECONNREFUSED]',
  ])
})

test('secret values are masked in any text, the longer ones first', () => {
  const settings = createSettings({
    flags: {},
    environment: { LAGOON_SOURCE_SECRET_ACCESS_KEY: 'hush-hush', LAGOON_SOURCE_BUCKET: 'bucket' },
    dotEnv: { LAGOON_DESTINATION_SESSION_TOKEN: 'hush-hush-token', AWS_SECRET_ACCESS_KEY: 'from-the-chain' },
  })
  const redact = createRedactor(settings.secrets())
  expect(redact('a hush-hush b hush-hush-token c from-the-chain bucket')).toBe('a *** b *** c *** bucket')
})
