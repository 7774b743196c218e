import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { resolveEndpoints } from '../src/options/endpoint.js'
import { failureOf } from './support/failure-of.js'
import { settingsOf } from './support/settings.js'

const directory = mkdtempSync(join(tmpdir(), 'lagoon-store-settings-'))
afterAll(() => rmSync(directory, { recursive: true }))

const pem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const caFile = join(directory, 'ca.pem')
writeFileSync(caFile, pem)
const emptyFile = join(directory, 'empty.pem')
writeFileSync(emptyFile, '')
const key = Buffer.alloc(32, 7).toString('base64')

const resolve = (environment: Record<string, string>) => resolveEndpoints(settingsOf({}, environment))

test.each([
  ['REQUESTER_PAYS', 'yes', { requesterPays: true }],
  ['DUALSTACK', 'true', { useDualstackEndpoint: true }],
  ['FIPS', '1', { useFipsEndpoint: true }],
  ['CA_FILE', caFile, { certificateAuthority: pem }],
  ['PROXY', 'http://proxy.example.com:3128', { proxy: 'http://proxy.example.com:3128' }],
  ['PROXY', 'None', { proxy: 'none' }],
  ['CONNECT_TIMEOUT_S', '2.5', { connectTimeoutMs: 2500 }],
  ['FIRST_BYTE_TIMEOUT_S', '300', { firstByteTimeoutMs: 300_000 }],
  ['IDLE_TIMEOUT_S', '90', { idleTimeoutMs: 90_000 }],
  ['ETAGS', 'OPAQUE', { etags: 'opaque' }],
  ['AWS_PROFILE', 'reader', { awsProfile: 'reader' }],
  ['ROLE_ARN', 'arn:aws:iam::123456789012:role/reader', { roleArn: 'arn:aws:iam::123456789012:role/reader' }],
  ['ANONYMOUS', 'true', { anonymous: true }],
  ['REQUIRE_DIGESTS', 'true', { requireDigests: true }],
  ['SSE_C_KEY', key, { sseCustomerKey: key }],
])('%s %s takes effect on its side only', (name, value, expected) => {
  const [option] = Object.keys(expected)
  const source = resolve({ [`LAGOON_SOURCE_${name}`]: value })
  expect(source.source).toMatchObject(expected)
  expect(source.destination).not.toHaveProperty(option!)
  const destination = resolve({ [`LAGOON_DESTINATION_${name}`]: value })
  expect(destination.destination).toMatchObject(expected)
  expect(destination.source).not.toHaveProperty(option!)
})

test.each([
  ['REQUESTER_PAYS', 'sometimes', 'LAGOON_CLI_INVALID_VALUE'],
  ['CA_FILE', join(directory, 'absent.pem'), 'LAGOON_CLI_FILE'],
  ['CA_FILE', emptyFile, 'LAGOON_CLI_FILE'],
  ['PROXY', 'proxy.example.com:3128', 'LAGOON_CLI_INVALID_VALUE'],
  ['PROXY', 'socks5://user:hunter2@proxy', 'LAGOON_CLI_INVALID_VALUE'],
  ['IDLE_TIMEOUT_S', '0', 'LAGOON_CLI_INVALID_VALUE'],
  ['ETAGS', 'sha1', 'LAGOON_CLI_INVALID_VALUE'],
  ['SSE_C_KEY', 'hunter2', 'LAGOON_CLI_INVALID_VALUE'],
  ['SSE_C_KEY', Buffer.alloc(16).toString('base64'), 'LAGOON_CLI_INVALID_VALUE'],
])('%s %s is refused, and no secret is shown', (name, value, code) => {
  const error = failureOf(() => resolve({ [`LAGOON_SOURCE_${name}`]: value }))
  expect(error).toMatchObject({ code, exitCode: 2 })
  expect(error.message).toContain(`LAGOON_SOURCE_${name}`)
  expect(error.message + error.hint).not.toContain('hunter2')
})

test('AWS_CA_BUNDLE sets the authorities of a side without CA_FILE', () => {
  const shared = join(directory, 'shared.pem')
  writeFileSync(shared, `${pem}\n`)
  const { source, destination } = resolve({ AWS_CA_BUNDLE: shared, LAGOON_SOURCE_CA_FILE: caFile })
  expect(source.certificateAuthority).toBe(pem)
  expect(destination.certificateAuthority).toBe(`${pem}\n`)
})
