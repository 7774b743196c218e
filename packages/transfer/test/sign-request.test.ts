import { createHash, createHmac, type BinaryLike, type Hash, type Hmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RequestSigner } from '../src/s3/sign.js'

const credentials = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
}
const may24 = Date.UTC(2013, 4, 24)

function authorization(headers: string[]): string {
  return headers[headers.indexOf('authorization') + 1]!
}

/** The rule of the AWS documentation, written as plainly as possible, to compare the fast one with. */
function plainSignature(
  method: string,
  path: string,
  query: string,
  signed: [string, string][],
  date: string,
  region: string,
) {
  const sorted = signed.toSorted(([a], [b]) => (a < b ? -1 : 1))
  const canonical = [
    method,
    path,
    query,
    ...sorted.map(
      ([name, value]) => `${name}:${value.replace(/^[ \t]+|[ \t]+$/g, '').replace(/[ \t]+/g, ' ')}`,
    ),
    '',
    sorted.map(([name]) => name).join(';'),
    'UNSIGNED-PAYLOAD',
  ].join('\n')
  const scope = `${date.slice(0, 8)}/${region}/s3/aws4_request`
  const digest = createHash('sha256').update(canonical, 'latin1').digest('hex')
  let key: string | Buffer = `AWS4${credentials.secretAccessKey}`
  for (const step of scope.split('/')) key = createHmac('sha256', key).update(step).digest()
  return createHmac('sha256', key).update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${digest}`).digest('hex')
}

/** Node's hashes in the shape that the SDK's signer wants. */
class Sha256 {
  readonly #hash: Hash | Hmac

  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as BinaryLike)
  }

  update(data: BinaryLike): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest()
  }

  reset(): void {}
}

describe('signing a request', () => {
  it("agrees with the SDK's signer for every signed header, however its value is spaced", async () => {
    const value = fc.string({ unit: fc.constantFrom(' ', '\t', 'a', 'B', ',', '  '), maxLength: 8 })
    const names = fc.constantFrom('content-md5', 'content-type', 'x-amz-meta-a', 'x-amz-tagging', 'x-amzn')
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(names, value),
        fc.constantFrom('s3' as const, 's3express' as const),
        fc.boolean(),
        fc.integer({ min: 0, max: 4e9 }),
        async (headers, service, temporary, second) => {
          const scope = { host: 'h.example', region: 'eu-west-1', service }
          const token = temporary ? { sessionToken: 'token' } : {}
          const signer = new RequestSigner(scope, () => second * 1000 + 999)
          const ours = signer.sign(
            { ...credentials, ...token },
            'PUT',
            '/b/k',
            '',
            Object.entries(headers).flat(),
          )
          const given = Object.entries(headers).filter(([name]) => name !== 'x-amzn')
          const theirs = await new SignatureV4({
            credentials: { ...credentials, ...token },
            region: 'eu-west-1',
            service,
            sha256: Sha256,
            uriEscapePath: false,
          }).sign(
            {
              method: 'PUT',
              protocol: 'https:',
              hostname: 'h.example',
              path: '/b/k',
              headers: {
                host: 'h.example',
                'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
                ...Object.fromEntries(given),
              },
            },
            { signingDate: new Date(second * 1000) },
          )
          expect(authorization(ours)).toBe(theirs.headers['authorization'])
        },
      ),
    )
  })

  it('uses the date of each second, and a new key if only the day changed', () => {
    let now = may24
    const signer = new RequestSigner({ host: 'h', region: 'us-east-1' }, () => now)
    const dates = [0, 999, 1000, 86_399_000, 86_400_000].map((passed) => {
      now = may24 + passed
      const headers = signer.sign(credentials, 'GET', '/', '', [])
      const fresh = new RequestSigner({ host: 'h', region: 'us-east-1' }, () => now)
      expect(authorization(headers)).toBe(authorization(fresh.sign(credentials, 'GET', '/', '', [])))
      return headers[headers.indexOf('x-amz-date') + 1]
    })
    expect(dates).toEqual([
      '20130524T000000Z',
      '20130524T000000Z',
      '20130524T000001Z',
      '20130524T235959Z',
      '20130525T000000Z',
    ])
  })

  it.each([0, 1, 2])('uses the date in its first request, also in second %i', (second) => {
    const signer = new RequestSigner({ host: 'h', region: 'us-east-1' }, () => second * 1000)
    const headers = signer.sign(credentials, 'GET', '/', '', [])
    expect(headers[headers.indexOf('x-amz-date') + 1]).toBe(`19700101T00000${second}Z`)
  })

  it('signs the session header of a directory bucket instead of the usual token', () => {
    const scope = {
      host: 'h',
      region: 'r',
      service: 's3express',
      tokenHeader: 'x-amz-s3session-token',
    } as const
    const headers = new RequestSigner(scope, () => may24).sign(
      { ...credentials, sessionToken: 't' },
      'GET',
      '/',
      '',
      [],
    )
    expect(headers.slice(headers.indexOf('x-amz-s3session-token'))[1]).toBe('t')
    expect(headers).not.toContain('x-amz-security-token')
    expect(authorization(headers)).toContain('x-amz-date;x-amz-s3session-token, ')
  })

  it('equals the documented steps, for any path and metadata', () => {
    const value = fc.string({
      unit: fc.integer({ min: 32, max: 255 }).map((code) => String.fromCharCode(code)),
    })
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'PUT'),
        fc.webPath(),
        fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9-]{1,8}$/), value, { maxKeys: 4 }),
        fc.integer({ min: 0, max: 4e9 }),
        (method, path, metadata, second) => {
          const signer = new RequestSigner(
            { host: '127.0.0.1:9000', region: 'eu-central-1' },
            () => second * 1000,
          )
          const headers = signer.sign(credentials, method, path, '', [
            ...Object.entries(metadata).flat(),
            'content-type',
            'a/b',
            'cache-control',
            'not signed',
          ])
          const date = headers[headers.indexOf('x-amz-date') + 1]!
          const signature = plainSignature(
            method,
            path,
            '',
            [
              ...Object.entries(metadata),
              ['content-type', 'a/b'],
              ['host', '127.0.0.1:9000'],
              ['x-amz-content-sha256', 'UNSIGNED-PAYLOAD'],
              ['x-amz-date', date],
            ],
            date,
            'eu-central-1',
          )
          expect(authorization(headers)).toContain(`Signature=${signature}`)
        },
      ),
    )
  })

  it('includes the token of temporary credentials', () => {
    const signer = new RequestSigner({ host: 's3.amazonaws.com', region: 'us-east-1' }, () => may24)
    const headers = signer.sign({ ...credentials, sessionToken: 'token' }, 'GET', '/b/k', '', [])
    expect(headers).toContain('x-amz-security-token')
    expect(authorization(headers)).toContain('host;x-amz-content-sha256;x-amz-date;x-amz-security-token')
  })

  it('renews the key if the day or the credentials change', () => {
    let now = may24
    const signer = new RequestSigner({ host: 'h', region: 'us-east-1' }, () => now)
    const first = authorization(signer.sign(credentials, 'GET', '/', '', []))
    now += 86_400_000
    const second = authorization(signer.sign(credentials, 'GET', '/', '', []))
    const third = authorization(signer.sign({ ...credentials, accessKeyId: 'OTHER' }, 'GET', '/', '', []))
    expect(first).toContain('/20130524/us-east-1/s3/aws4_request')
    expect(second).toContain('/20130525/us-east-1/s3/aws4_request')
    expect(third).toContain('Credential=OTHER/20130525')
    const fresh = new RequestSigner({ host: 'h', region: 'us-east-1' }, () => now)
    expect(authorization(fresh.sign(credentials, 'GET', '/', '', []))).toBe(second)
  })
})
