import { resolveProxy } from '../src/options/proxy-for.js'
import { describe, expect, it } from 'vitest'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import type { EndpointOptions } from '../src/index.js'

const credentials = { accessKeyId: 'a', secretAccessKey: 'very-secret' }

function resolve(options: Partial<EndpointOptions>) {
  return resolveEndpoint({ region: 'us-east-1', bucket: 'lake', credentials, ...options })
}

function failure(options: Partial<EndpointOptions>): unknown {
  try {
    return resolve(options)
  } catch (error) {
    return error
  }
}

describe('the address of an endpoint', () => {
  it('is AWS’s own of the region by default, with the bucket in the host name', () => {
    expect(resolve({ region: 'eu-central-1' })).toMatchObject({
      origin: 'https://lake.s3.eu-central-1.amazonaws.com',
      host: 'lake.s3.eu-central-1.amazonaws.com',
      pathPrefix: '',
      forcePathStyle: false,
    })
    expect(resolve({ region: 'cn-north-1' }).host).toBe('lake.s3.cn-north-1.amazonaws.com.cn')
    expect(resolve({ useDualstackEndpoint: true }).host).toBe('lake.s3.dualstack.us-east-1.amazonaws.com')
    expect(resolve({ useFipsEndpoint: true }).host).toBe('lake.s3-fips.us-east-1.amazonaws.com')
  })

  it('has the bucket in the path if no certificate covers its name', () => {
    expect(resolve({ bucket: 'my.lake' })).toMatchObject({
      origin: 'https://s3.us-east-1.amazonaws.com',
      pathPrefix: '/my.lake',
      forcePathStyle: true,
    })
  })

  it('is the given URL, path style by default', () => {
    expect(resolve({ endpointUrl: 'http://127.0.0.1:9000/' })).toMatchObject({
      origin: 'http://127.0.0.1:9000',
      host: '127.0.0.1:9000',
      pathPrefix: '/lake',
      endpointUrl: 'http://127.0.0.1:9000',
    })
    expect(resolve({ endpointUrl: 'https://store.example/s3/', forcePathStyle: false })).toMatchObject({
      origin: 'https://lake.store.example',
      pathPrefix: '/s3',
    })
    expect(resolve({ endpointUrl: 'http://[::1]:9000' }).host).toBe('[::1]:9000')
    expect(resolve({ endpointUrl: 'https://store.example:443' }).host).toBe('store.example')
  })

  it('has the documented defaults', () => {
    expect(resolve({})).toMatchObject({
      connectTimeoutMs: 10_000,
      firstByteTimeoutMs: 60_000,
      idleTimeoutMs: 60_000,
      requesterPays: false,
      proxy: resolveProxy('environment', process.env),
      etags: 'md5',
    })
  })
})

describe('an invalid endpoint', () => {
  it.each([
    ['not a url', 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'],
    ['ftp://store', 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'],
    ['localhost:9000', 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'],
    ['http://user:pass@store', 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'],
    ['http://store/?bucket=lake', 'LAGOON_TRANSFER_ENDPOINT_MALFORMED'],
  ])('%s is named, with what to write instead', (endpointUrl, code) => {
    expect(failure({ endpointUrl })).toMatchObject({ code, hint: expect.stringContaining('http') })
  })

  it('reports which option is invalid, and never shows a secret', () => {
    const impossible: Partial<EndpointOptions>[] = [
      { bucket: '' },
      { region: '' },
      { region: 'us east' },
      { connectTimeoutMs: 0 },
      { idleTimeoutMs: 1.5 },
      { endpointUrl: 'http://store', useFipsEndpoint: true },
      { credentials: { accessKeyId: '', secretAccessKey: 'very-secret' } },
      { etags: 'sha' as 'md5' },
    ]
    for (const options of impossible) {
      const error = failure(options)
      expect(error).toMatchObject({ code: 'LAGOON_TRANSFER_INVALID_OPTION', hint: expect.any(String) })
      expect(String(error)).not.toContain('very-secret')
    }
    expect(String(failure({ endpointUrl: 'http://user:pass@store' }))).not.toContain('pass@')
  })
})
