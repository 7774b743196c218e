import { execFileSync } from 'node:child_process'
import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { adoptAwsVariables, readDotEnv } from '../src/options/dot-env.js'
import { checkEnvironmentProxy, completeProxies } from '../src/options/environment-proxy.js'
import { failureOf } from './support/failure-of.js'
import { temporaryDirectory } from './support/temporary-directory.js'

test('a proxy of the environment without a scheme is an HTTP proxy, as in other tools', () => {
  const environment = { HTTP_PROXY: 'proxy.example.com:3128', https_proxy: 'http://other:1', NO_PROXY: 'a' }
  completeProxies(environment)
  expect(environment).toEqual({
    HTTP_PROXY: 'http://proxy.example.com:3128',
    https_proxy: 'http://other:1',
    NO_PROXY: 'a',
  })
})

test.each(['socks5://proxy:1080', 'socks5h://user:hunter2@proxy:1080', 'ftp://proxy'])(
  'an unusable proxy is refused before the run, without its password: %s',
  (proxy) => {
    const error = failureOf(() => checkEnvironmentProxy({}, 'source', { HTTPS_PROXY: proxy }))
    expect(error).toMatchObject({ code: 'LAGOON_CLI_INVALID_VALUE', exitCode: 2 })
    expect(error.message).toMatch(/^HTTPS_PROXY is .*, but only HTTP proxies are supported$/)
    expect(error.message).not.toContain('hunter2')
    expect(error.hint).toContain('LAGOON_SOURCE_PROXY=none')
  },
)

test.each(['http://', 'http://[::1', 'http://proxy:99999', 'http://user:hunter2@'])(
  'a proxy that is not a URL is refused before the run, and not repeated: %s',
  (proxy) => {
    const error = failureOf(() => checkEnvironmentProxy({}, 'source', { HTTPS_PROXY: proxy }))
    expect(error).toMatchObject({ code: 'LAGOON_CLI_INVALID_VALUE', message: 'HTTPS_PROXY is not a URL' })
  },
)

test.each<[string, string | Buffer, Record<string, string>]>([
  ['with a byte order mark', '\ufeffLAGOON_LOG_LEVEL=ERROR\nB=2\n', { LAGOON_LOG_LEVEL: 'ERROR', B: '2' }],
  ['with CRLF', 'A=1\r\nB="x y"\r\n', { A: '1', B: 'x y' }],
  ['with CR alone', 'A=1\rB=2\r', { A: '1', B: '2' }],
  ['that is empty', '', {}],
])('.env %s is read', (_, text, expected) => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, '.env'), text)
  expect(readDotEnv(directory)).toEqual(expected)
})

test.each<[string, (path: string) => void, string]>([
  ['in UTF-16', (path) => writeFileSync(path, Buffer.from('\ufeffA=1\n', 'utf16le')), 'is not text in UTF-8'],
  ['with NUL', (path) => writeFileSync(path, 'A=1\0B=2\n'), 'is not text in UTF-8'],
  ['in Latin-1', (path) => writeFileSync(path, Buffer.from('A=\xe9\n', 'latin1')), 'is not text in UTF-8'],
  ['that is a pipe', (path) => execFileSync('mkfifo', [path]), 'is not a file of settings'],
  ['that is a device', (path) => symlinkSync('/dev/zero', path), 'is not a file of settings'],
  ['of two megabytes', (path) => writeFileSync(path, 'A=1\n'.repeat(500_000)), 'is not a file of settings'],
])('.env %s is refused by name, and read no further', (_, make, problem) => {
  const directory = temporaryDirectory()
  make(join(directory, '.env'))
  expect(failureOf(() => readDotEnv(directory))).toMatchObject({
    code: 'LAGOON_CLI_FILE',
    message: `.env in ${directory} ${problem}`,
  })
})

test('a proxy that requests bypass is not checked', () => {
  const environment = { HTTPS_PROXY: 'socks5://proxy:1080', NO_PROXY: 'example.com' }
  for (const endpoint of [
    { endpointUrl: 'https://s3.example.com' },
    { endpointUrl: 'http://other.test' },
    { proxy: 'none' },
  ])
    expect(() => checkEnvironmentProxy(endpoint, 'source', environment)).not.toThrow()
})

test('.env sets AWS keys and profiles, but nothing that can name a program to run', () => {
  const environment: Record<string, string | undefined> = { AWS_REGION: 'eu-west-1' }
  const warnings = adoptAwsVariables(
    {
      AWS_PROFILE: 'lake',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: './config',
      AWS_SHARED_CREDENTIALS_FILE: './credentials',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/home/me/.ssh/id_ed25519',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/',
      AWS_ENDPOINT_URL_STS: 'http://evil.test',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://evil.test',
      AWS_CA_BUNDLE: './evil.pem',
      NODE_OPTIONS: '--import ./evil.mjs',
      LD_PRELOAD: './evil.so',
      PATH: '.',
    },
    environment,
  )
  expect(environment).toEqual({ AWS_REGION: 'eu-west-1', AWS_PROFILE: 'lake' })
  expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
    'AWS_CONFIG_FILE',
    'AWS_SHARED_CREDENTIALS_FILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
    'AWS_ENDPOINT_URL_STS',
    'AWS_EC2_METADATA_SERVICE_ENDPOINT',
    'AWS_CA_BUNDLE',
  ])
  expect(warnings[0]).toContain('in .env is ignored')
})
