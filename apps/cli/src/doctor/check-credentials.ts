import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import { fixFor } from '../stores/permissions.js'
import { refusalOf, type StoreUnderTest } from './store-under-test.js'

/** Answers that say that the keys themselves are not taken, whatever they would be allowed to do. */
const refusals = new Set([
  'CredentialsProviderError',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'TokenRefreshRequired',
  'RequestTimeTooSkewed',
])

/** Whether the store knows the keys. Being refused the listing is no answer to that: another look is at permissions. */
export async function checkCredentials(store: StoreUnderTest, given: boolean): Promise<boolean> {
  const { client, bucket, findings, side } = store
  const from = given ? 'the keys that are set' : "keys of AWS's default chain"
  const refused = await refusalOf(() => client.send(new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1 })))
  if (refused === undefined || !refusals.has(refused.code)) {
    findings.ok('credentials', `${from} are accepted`)
    return true
  }
  findings.failed('credentials', refused.detail, fixFor(refused.code, 's3:ListBucket', bucket, side))
  findings.skipped('permissions', 'needs valid credentials')
  return false
}
