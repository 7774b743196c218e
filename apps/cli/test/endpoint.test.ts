import { expect, test } from 'vitest'
import { resolveEndpoints } from '../src/options/endpoint.js'
import { describeFailure } from '../src/output/describe-failure.js'
import { failureOf } from './support/failure-of.js'
import { settingsOf } from './support/settings.js'

const resolve = (environment: Record<string, string | undefined>) =>
  resolveEndpoints(settingsOf({}, environment))

test('AWS needs only the two buckets', () => {
  expect(resolve({})).toEqual({
    source: { bucket: 'lake', region: 'us-east-1' },
    destination: { bucket: 'copy', region: 'us-east-1' },
  })
})

test.each(['SOURCE', 'DESTINATION'])('every variable of the %s side takes effect', (side) => {
  const resolved = resolve({
    [`LAGOON_${side}_BUCKET`]: 'b-1',
    [`LAGOON_${side}_ENDPOINT_URL`]: 'https://s3.example.com:9443',
    [`LAGOON_${side}_REGION`]: 'eu-central-2',
    [`LAGOON_${side}_ACCESS_KEY_ID`]: 'id',
    [`LAGOON_${side}_SECRET_ACCESS_KEY`]: 'hush',
    [`LAGOON_${side}_SESSION_TOKEN`]: 'token',
    [`LAGOON_${side}_FORCE_PATH_STYLE`]: 'no',
  })
  expect(side === 'SOURCE' ? resolved.source : resolved.destination).toEqual({
    bucket: 'b-1',
    endpointUrl: 'https://s3.example.com:9443',
    region: 'eu-central-2',
    credentials: { accessKeyId: 'id', secretAccessKey: 'hush', sessionToken: 'token' },
    forcePathStyle: false,
  })
})

test('the address style is left to the copier unless it is set', () => {
  expect(resolve({ LAGOON_SOURCE_ENDPOINT_URL: 'http://127.0.0.1:9000' }).source).not.toHaveProperty(
    'forcePathStyle',
  )
})

test.each(['http://127.0.0.1:9000', 'https://[::1]:9000'])(
  'a bucket in the host name is refused if the host is an IP address: %s',
  (url) => {
    const environment = { LAGOON_SOURCE_ENDPOINT_URL: url, LAGOON_SOURCE_FORCE_PATH_STYLE: 'false' }
    expect(failureOf(() => resolve(environment))).toMatchObject({
      code: 'LAGOON_CLI_CONFLICT',
      message: `LAGOON_SOURCE_FORCE_PATH_STYLE is false, but the endpoint ${url} is an IP address, which cannot contain the bucket's name`,
    })
  },
)

test('both missing buckets are reported in one line', () => {
  const environment = { LAGOON_SOURCE_BUCKET: undefined, LAGOON_DESTINATION_BUCKET: undefined }
  expect(failureOf(() => resolve(environment))).toMatchObject({
    code: 'LAGOON_CLI_MISSING_SETTING',
    message: 'LAGOON_SOURCE_BUCKET and LAGOON_DESTINATION_BUCKET are not set',
  })
})

test.each([
  ['localhost:9000', 'is "localhost:9000", which has no scheme'],
  ['s3.example.com', 'is "s3.example.com", which has no scheme'],
  ['http://', 'is "http://", which is not a URL'],
  ['http://host:99999', 'is "http://host:99999", which is not a URL'],
  ['ftp://host', 'has the scheme "ftp"'],
  ['http://user:hunter2@host', 'contains a user name or a password'],
  ['http://host/?x=1', 'has a query or a fragment'],
])('the endpoint %s is refused', (url, problem) => {
  const error = failureOf(() => resolve({ LAGOON_DESTINATION_ENDPOINT_URL: url }))
  expect(error).toMatchObject({
    code: 'LAGOON_CLI_INVALID_VALUE',
    message: `LAGOON_DESTINATION_ENDPOINT_URL ${problem}`,
  })
  expect(error.message + error.hint).not.toContain('hunter2')
})

test.each(['user:hunter2@host:9000', 'http://user:hun/ter2@ho st', 'ftp//user:hunter2@x'])(
  'a password in the malformed endpoint %s is not repeated',
  (url) => {
    const error = failureOf(() => resolve({ LAGOON_SOURCE_ENDPOINT_URL: url }))
    expect(error.message + error.hint).not.toMatch(/hun/)
  },
)

test.each(['s3://lake', 'lake/prefix', 'la ke', '-lake', 'x', '\u001b[2J'])(
  'the bucket %j is refused',
  (bucket) => {
    const error = failureOf(() => resolve({ LAGOON_SOURCE_BUCKET: bucket }))
    expect(error.code).toBe('LAGOON_CLI_INVALID_VALUE')
    expect(error.message).toContain('LAGOON_SOURCE_BUCKET')
    expect(error.message).not.toContain('\u001b')
  },
)

test.each([
  [
    { LAGOON_SOURCE_ACCESS_KEY_ID: 'id' },
    'LAGOON_SOURCE_ACCESS_KEY_ID is set, but LAGOON_SOURCE_SECRET_ACCESS_KEY is not',
  ],
  [
    { LAGOON_SOURCE_SECRET_ACCESS_KEY: 'hush' },
    'LAGOON_SOURCE_SECRET_ACCESS_KEY is set, but LAGOON_SOURCE_ACCESS_KEY_ID is not',
  ],
  [
    { LAGOON_DESTINATION_SESSION_TOKEN: 'hush' },
    'LAGOON_DESTINATION_SESSION_TOKEN is set, but LAGOON_DESTINATION_ACCESS_KEY_ID and LAGOON_DESTINATION_SECRET_ACCESS_KEY are not',
  ],
])('half of a key pair is refused: %o', (environment, message) => {
  expect(failureOf(() => resolve(environment))).toMatchObject({ code: 'LAGOON_CLI_MISSING_SETTING', message })
})

test.each([
  [undefined, undefined],
  [undefined, 'https://s3.eu-west-1.amazonaws.com'],
  ['http://localhost:9000', 'http://127.0.0.1:9000/'],
  ['https://Store.example.com', 'https://store.example.com:443'],
  ['http://[::1]:9000', 'http://localhost:9000'],
])('one bucket behind %s and %s is refused', (source, destination) => {
  const environment = {
    LAGOON_DESTINATION_BUCKET: 'lake',
    LAGOON_SOURCE_ENDPOINT_URL: source,
    LAGOON_DESTINATION_ENDPOINT_URL: destination,
  }
  const failure = failureOf(() => resolve(environment))
  expect(failure).toMatchObject({ code: 'LAGOON_TRANSFER_SAME_BUCKET' })
  expect(failure.hint).toContain('LAGOON_DESTINATION_BUCKET')
  expect(describeFailure(failure).exitCode).toBe(2)
})

test('the same name in two stores, and two names in one store, are accepted', () => {
  const stores = {
    LAGOON_DESTINATION_BUCKET: 'lake',
    LAGOON_DESTINATION_ENDPOINT_URL: 'http://127.0.0.1:9001',
  }
  expect(resolve(stores).destination.bucket).toBe('lake')
  const buckets = { LAGOON_SOURCE_ENDPOINT_URL: 'http://h:1', LAGOON_DESTINATION_ENDPOINT_URL: 'http://h:1' }
  expect(resolve(buckets).destination.bucket).toBe('copy')
})
