import { expect, it } from 'vitest'
import { classifyAnswer } from '../src/failures/classify-error.js'
import { resolveEndpoint } from '../src/options/resolve-endpoint.js'
import { adviceOn, storeError } from '../src/failures/store-error.js'
import { WHOLE_RUN_CODES } from '../src/failures/whole-run.js'

const aws = resolveEndpoint({ region: 'eu-west-1', bucket: 'lake' })

it.each([
  [403, 'AccessDenied', 'ACCESS_DENIED'],
  [403, 'InvalidAccessKeyId', 'CREDENTIALS_REFUSED'],
  [400, 'ExpiredToken', 'CREDENTIALS_REFUSED'],
  [403, 'RequestTimeTooSkewed', 'CLOCK_SKEW'],
  [404, 'NoSuchBucket', 'BUCKET_MISSING'],
  [404, 'NoSuchKey', 'OBJECT_MISSING'],
  [412, 'PreconditionFailed', 'OBJECT_CHANGED'],
  [301, 'PermanentRedirect', 'WRONG_REGION'],
  [418, 'Teapot', 'REQUEST_FAILED'],
])('a store that returns %d %s is reported as %s, with its address and message', (status, code, called) => {
  const answer = { status, code, message: 'so it said', headers: {}, request: 'list' }
  const error = storeError(classifyAnswer('source', answer), aws)
  expect(error.code).toBe(`LAGOON_TRANSFER_${called}`)
  expect(error.message).toBe(`bucket 'lake' at AWS eu-west-1: list: ${status} ${code}: so it said`)
  expect(error.hint).not.toBe('')
})

it.each([...WHOLE_RUN_CODES, 'ExpiredToken', 'TokenRefreshRequired', 'RequestExpired'])(
  'what ends a whole run as %s has its own advice',
  (code) => {
    expect(adviceOn(code).hint).not.toBe(adviceOn('Teapot').hint)
  },
)

it('different errors have different advice', () => {
  const codes = [
    'ExpiredToken',
    'AccountProblem',
    'SignatureDoesNotMatch',
    'TlsTooOld',
    'CertificateRefused',
    'NotTls',
  ]
  expect(new Set(codes.map((code) => adviceOn(code).hint)).size).toBe(codes.length)
})
