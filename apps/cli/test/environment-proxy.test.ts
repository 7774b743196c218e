import { expect, test } from 'vitest'
import { adoptAwsVariables } from '../src/options/dot-env.js'
import { checkEnvironmentProxy, completeProxies } from '../src/options/environment-proxy.js'
import { failureOf } from './support/failure-of.js'

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
      NODE_OPTIONS: '--import ./evil.mjs',
      LD_PRELOAD: './evil.so',
      PATH: '.',
    },
    environment,
  )
  expect(environment).toEqual({ AWS_REGION: 'eu-west-1', AWS_PROFILE: 'lake' })
  expect(warnings).toEqual([
    expect.stringContaining('AWS_CONFIG_FILE in .env is ignored'),
    expect.stringContaining('AWS_SHARED_CREDENTIALS_FILE in .env is ignored'),
  ])
})
