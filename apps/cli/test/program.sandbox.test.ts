import { mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import { runCli, startCli } from './support/run-cli.js'
import { temporaryDirectory } from './support/temporary-directory.js'

const buckets = { LAGOON_SOURCE_BUCKET: 'lake', LAGOON_DESTINATION_BUCKET: 'copy' }

test('--version prints the version and nothing else', async () => {
  const result = await runCli({ args: ['--version'] })
  expect(result).toMatchObject({ code: 0, stdout: `${manifest.version}\n`, stderr: '' })
})

test('--help shows commands, the most used flags, variables and where the rest is, on stdout', async () => {
  const { code, stdout, stderr } = await runCli({ args: ['--help'] })
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  for (const part of ['lagoon demo', '--max-concurrency', 'LAGOON_SOURCE_BUCKET', '--help-all'])
    expect(stdout).toContain(part)
})

test('the help of a command shows its own flags', async () => {
  const { code, stdout } = await runCli({ args: ['demo', '--help'] })
  expect(code).toBe(0)
  expect(stdout).toContain('--log-level')
  expect(stdout).not.toContain('--report')
})

test('an old Node is refused before anything is loaded', async () => {
  const directory = temporaryDirectory()
  const script = join(directory, 'pretend.mjs')
  writeFileSync(
    script,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.9.0' } })",
  )
  const { code, stdout, stderr } = await runCli({
    execArgv: ['--import', pathToFileURL(script).href],
    args: ['--version'],
  })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(/^lagoon: Node\.js 22\.15 or newer is needed, .*\(LAGOON_CLI_NODE_TOO_OLD\)\n$/)
})

test.each([
  [['snyc'], {}, /^lagoon: unknown command "snyc"\. Did you mean sync\? .*\(LAGOON_CLI_USAGE\)\n$/],
  [
    ['--max-concurency', '5'],
    {},
    /^lagoon: unknown flag --max-concurency\. Did you mean --max-concurrency\? /,
  ],
  [[], {}, /^lagoon: LAGOON_SOURCE_BUCKET and LAGOON_DESTINATION_BUCKET are not set\. Set them /],
  [[], { LAGOON_SOURCE_BUCKET: 'lake' }, /^lagoon: LAGOON_DESTINATION_BUCKET is not set\. Set it /],
  [
    [],
    { ...buckets, LAGOON_SOURCE_BUCKET: '' },
    /^lagoon: LAGOON_SOURCE_BUCKET is set, but empty\. Set a value/,
  ],
  [
    [],
    { ...buckets, LAGOON_SOURCE_ENDPOINT_URL: '' },
    /^lagoon: LAGOON_SOURCE_ENDPOINT_URL is set, but empty\. /,
  ],
  [
    [],
    { ...buckets, LAGOON_SOURCE_ENDPOINT_URL: 'store:9000' },
    /^lagoon: LAGOON_SOURCE_ENDPOINT_URL is "store:9000", which has no scheme\. /,
  ],
  [
    [],
    { ...buckets, LAGOON_DESTINATION_BUCKET: 'lake' },
    /^lagoon: source and destination are the same bucket 'lake' at AWS us-east-1\. /,
  ],
  [
    ['--concurrency', '0'],
    buckets,
    /^lagoon: --concurrency is "0"\. Allowed: a whole number from 1 to 16384\. Did you mean 1\? /,
  ],
  [
    ['--log-level', 'loud'],
    buckets,
    /^lagoon: --log-level is "loud"\. Allowed: DEBUG, INFO, WARNING, ERROR\. \(/,
  ],
  [
    [],
    { ...buckets, LAGOON_MAX_ATTEMPTS: 'many' },
    /^lagoon: LAGOON_MAX_ATTEMPTS is "many"\. Allowed: a whole number from 1 to 100\. \(/,
  ],
  [
    ['--min-concurrency', '9', '--max-concurrency', '8'],
    buckets,
    /^lagoon: --min-concurrency \(9\) is above --max-concurrency \(8\)\. /,
  ],
  [['--report', 'run.xlsx'], buckets, /^lagoon: --report is "run\.xlsx"\. The name decides the format/],
  [['--data-dir', 'package.json'], buckets, /^lagoon: --data-dir package\.json is a file\. Use a directory/],
])('%j with %o ends with 2 and one clear line', async (args, env, line) => {
  const { code, stdout, stderr } = await runCli({ args, env, cwd: join(import.meta.dirname, '..') })
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  expect(stderr).toMatch(line)
  expect(stderr.split('\n')).toHaveLength(2)
})

test('.env in the working directory is read, and the environment takes precedence', async () => {
  const cwd = temporaryDirectory()
  writeFileSync(
    join(cwd, '.env'),
    'LAGOON_SOURCE_BUCKET=lake\nLAGOON_DESTINATION_BUCKET="lake"\nLAGOON_MAX_ATTEMPTS=0\n',
  )
  const file = await runCli({ cwd, env: { LAGOON_MAX_ATTEMPTS: '3' } })
  expect(file.stderr).toContain('(LAGOON_TRANSFER_SAME_BUCKET)')
  const both = await runCli({ cwd, env: { LAGOON_DESTINATION_BUCKET: 'copy' } })
  expect(both.stderr).toMatch(/^lagoon: LAGOON_MAX_ATTEMPTS in \.env is "0"\. /)
})

test('an error under --json is an event on stdout as well', async () => {
  const { code, stdout, events } = await runCli({ args: ['--json', '--max-attempts', '0'], env: buckets })
  expect(code).toBe(2)
  expect(events()).toEqual([
    {
      type: 'error',
      exitCode: 2,
      reason: 'usage',
      code: 'LAGOON_CLI_INVALID_VALUE',
      message: '--max-attempts is "0"',
      hint: 'Allowed: a whole number from 1 to 100. Did you mean 1?',
    },
  ])
  expect(stdout.split('\n')).toHaveLength(2)
})

test('DEBUG shows the causes of an error', async () => {
  const { stderr } = await runCli({ args: ['--log-level', 'debug', '--max-attempts', '0'], env: buckets })
  expect(stderr.split('\n')[1]).toContain('CliError: --max-attempts is "0" [LAGOON_CLI_INVALID_VALUE]')
  expect(stderr).toMatch(/\n +at /)
})

test('a misspelt variable is pointed out', async () => {
  const { stderr } = await runCli({
    args: ['--max-attempts', '0'],
    env: { ...buckets, LAGOON_MAX_ATTEMTS: '3' },
  })
  expect(stderr).toContain(
    'LAGOON_MAX_ATTEMTS is ignored: no such variable. Did you mean LAGOON_MAX_ATTEMPTS?',
  )
})

test('a reader that closes stdout early is not an error', async () => {
  const { child, done } = startCli({ args: ['--help'] })
  child.stdout!.destroy()
  expect(await done).toMatchObject({ code: 0, signal: null, stderr: '' })
})

test('compiled code is cached in a private directory, or not at all', async () => {
  const home = temporaryDirectory()
  const env = { HOME: home, TMPDIR: home }
  expect((await runCli({ args: ['status'], env, cwd: home })).code).toBe(0)
  const cache = join(home, '.cache/lagoon/compiled')
  expect(statSync(cache).mode & 0o777).toBe(0o700)
  expect(readdirSync(cache)).not.toEqual([])
  expect(readdirSync(home)).toEqual(['.cache'])

  const planted = temporaryDirectory()
  const shared = join(home, 'shared')
  mkdirSync(join(shared, 'lagoon'), { recursive: true })
  symlinkSync(planted, join(shared, 'lagoon', 'compiled'))
  await runCli({ args: ['status'], env: { ...env, XDG_CACHE_HOME: shared }, cwd: home })
  expect(readdirSync(planted)).toEqual([])
})
