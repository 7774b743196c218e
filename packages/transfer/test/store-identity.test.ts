import { expect, test } from 'vitest'
import { isSameBucket, storeIdentity } from '../src/index.js'

const aws = 'https://s3.eu-west-1.amazonaws.com'

test.each([
  [{}, {}],
  [{ region: 'us-east-1' }, { region: 'eu-west-1' }],
  [{}, { endpointUrl: aws }],
  [{}, { endpointUrl: 'https://s3.dualstack.eu-west-1.amazonaws.com' }],
  [{}, { endpointUrl: 'https://s3-fips.us-east-1.amazonaws.com' }],
  [{ region: 'cn-north-1' }, { endpointUrl: 'https://s3.cn-northwest-1.amazonaws.com.cn' }],
  [{ region: 'us-gov-west-1' }, { endpointUrl: 'https://s3.us-gov-east-1.amazonaws.com' }],
  [{ endpointUrl: 'http://localhost:9000' }, { endpointUrl: 'http://127.0.0.1:9000/' }],
  [{ endpointUrl: 'http://[::1]:9000' }, { endpointUrl: 'http://localhost:9000' }],
  [{ endpointUrl: 'https://Store.example.com' }, { endpointUrl: 'https://store.example.com.:443' }],
  [{ endpointUrl: 'http://h:1/a' }, { endpointUrl: 'http://h:1/a/' }],
  [{ endpointUrl: 'no address' }, { endpointUrl: 'no address' }],
])('%o and %o are one store', (one, other) => {
  expect(storeIdentity(one)).toBe(storeIdentity(other))
})

test.each([
  [{ region: 'us-east-1' }, { region: 'cn-north-1' }],
  [{ region: 'us-east-1' }, { region: 'us-gov-west-1' }],
  [{}, { endpointUrl: 'https://s3.example.com' }],
  [{}, { endpointUrl: 'https://s3.amazonaws.com.example.com' }],
  [{ endpointUrl: 'http://h:1/a' }, { endpointUrl: 'http://h:1/b' }],
  [{ endpointUrl: 'http://h:1' }, { endpointUrl: 'http://h:2' }],
  [{ endpointUrl: 'http://h' }, { endpointUrl: 'https://h' }],
])('%o and %o are two stores', (one, other) => {
  expect(storeIdentity(one)).not.toBe(storeIdentity(other))
})

test('a bucket is the same one only within one store', () => {
  const here = { endpointUrl: 'http://localhost:9000', bucket: 'lake' }
  expect(isSameBucket(here, { ...here, endpointUrl: 'http://127.0.0.1:9000' })).toBe(true)
  expect(isSameBucket(here, { ...here, bucket: 'copy' })).toBe(false)
  expect(isSameBucket(here, { ...here, endpointUrl: 'http://127.0.0.1:9001' })).toBe(false)
})
