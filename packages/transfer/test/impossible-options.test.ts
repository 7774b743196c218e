import { describe, expect, it } from 'vitest'
import { createSimpleRunner, type CopierOptions } from '../src/index.js'
import { resolveCopier } from '../src/options/copier-options.js'
import { Endpoint } from '../src/s3/endpoint.js'
import type { EndpointOptions } from '../src/options/endpoint-options.js'
import { inRegion, resolveEndpoint } from '../src/options/resolve-endpoint.js'

const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
const endpointUrl = 'http://store.example:9000'

function sides(source: Partial<EndpointOptions>, destination: Partial<EndpointOptions>): CopierOptions {
  const region = 'us-east-1'
  return {
    source: { region, bucket: 'from', ...source },
    destination: { region, bucket: 'to', ...destination },
  }
}

describe('invalid options', () => {
  const apart = sides({}, {})

  it.each<[string, CopierOptions, string]>([
    ['kmsKeyId without aws:kms', { ...apart, kmsKeyId: 'k' }, 'INVALID_OPTION'],
    [
      'kmsKeyId with another encryption',
      { ...apart, kmsKeyId: 'k', serverSideEncryption: 'AES256' },
      'INVALID_OPTION',
    ],
    ['an ACL that no header can hold', { ...apart, acl: 'public\nread' }, 'INVALID_OPTION'],
    ['a storage class that no header can hold', { ...apart, storageClass: 'ü' }, 'INVALID_OPTION'],
    ['threads below 1', { ...apart, threads: 0 }, 'INVALID_OPTION'],
    ['one bucket at both sides', sides({ endpointUrl }, { endpointUrl, bucket: 'from' }), 'SAME_BUCKET'],
    [
      'a bucket that no host name can hold',
      sides({ endpointUrl, bucket: 'Up_per', forcePathStyle: false }, {}),
      'INVALID_OPTION',
    ],
  ])('are refused: %s', (_, options, code) => {
    expect(() => resolveCopier(options)).toThrow(expect.objectContaining({ code: `LAGOON_TRANSFER_${code}` }))
  })

  it('report their range', () => {
    expect(() => createSimpleRunner({ maxAttempts: 1001 })).toThrow(
      expect.objectContaining({ hint: 'Use a whole number from 1 to 1000.' }),
    )
  })
})

describe('whether a store may copy server-side', () => {
  it.each<[string, CopierOptions, string]>([
    ['two buckets at one endpoint', sides({ endpointUrl }, { endpointUrl }), 'auto'],
    ['two buckets of AWS in one region', sides({}, {}), 'auto'],
    ['two buckets of AWS in two regions', sides({}, { region: 'eu-west-1' }), 'never'],
    ['two access keys', sides({ endpointUrl, credentials }, { endpointUrl }), 'never'],
    ['a directory bucket', sides({}, { bucket: 'lake--use1-az4--x-s3' }), 'never'],
    [
      'objects that must not be replaced',
      { ...sides({ endpointUrl }, { endpointUrl }), overwrite: 'if-missing' },
      'never',
    ],
  ])('for %s', (_, options, expected) => {
    expect(resolveCopier(options).serverSideCopy).toBe(expected)
  })
})

it('only AWS needs a region: an endpoint is signed for as us-east-1', () => {
  expect(resolveEndpoint({ bucket: 'lake', endpointUrl: 'http://127.0.0.1:9000' }).region).toBe('us-east-1')
  expect(() => resolveEndpoint({ bucket: 'lake' })).toThrow('the region is missing')
})

describe('a bucket that turns out to be in another region', () => {
  it('moves with AWS’s endpoint, and stays at one of its own', () => {
    const aws = resolveEndpoint({ region: 'us-east-1', bucket: 'lake' })
    expect(inRegion(aws, 'cn-north-1').origin).toBe('https://lake.s3.cn-north-1.amazonaws.com.cn')
    const own = resolveEndpoint({ region: 'us-east-1', bucket: 'lake', endpointUrl })
    expect(inRegion(own, 'eu-west-1')).toEqual({ ...own, region: 'eu-west-1' })
    const zonal = resolveEndpoint({ region: 'cn-north-1', bucket: 'lake--cnn1-az1--x-s3' })
    expect(zonal.host).toBe('lake--cnn1-az1--x-s3.s3express-cnn1-az1.cn-north-1.amazonaws.com.cn')
  })

  it('is followed once, so that contradictory redirects end', () => {
    const lake = { region: 'us-east-1', bucket: 'lake', credentials }
    const endpoint = new Endpoint(resolveEndpoint(lake), 'source', 1)
    expect(endpoint.redirectToRegion('us-east-1')).toBe(false)
    expect(endpoint.redirectToRegion('eu-west-1')).toBe(true)
    expect(endpoint.redirectToRegion('us-west-2')).toBe(false)
    expect(endpoint.settings.origin).toBe('https://lake.s3.eu-west-1.amazonaws.com')
    return endpoint.close()
  })
})
