import type { Credentials } from './credentials.js'
import { readXml } from '../protocol/xml.js'

/*
 * Directory buckets of S3 Express One Zone: addressed by their zone, and signed for a separate service with the keys
 * of a session that lasts five minutes. Source:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-Regions-and-Zones.html
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateSession.html
 */

const NAME = /^[a-z0-9][a-z0-9-]*--([a-z0-9-]+)--x-s3$/

/** The zone in the name of a directory bucket, such as `usw2-az1`; null for any other bucket. */
export function zoneOf(bucket: string): string | null {
  return NAME.exec(bucket)?.[1] ?? null
}

/** Host of AWS's endpoint for the buckets of a zone, without the bucket. */
export function zonalHost(zone: string, region: string, fips: boolean, dualstack: boolean): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return `s3express${fips ? '-fips' : ''}-${zone}${dualstack ? '.dualstack' : ''}.${region}.${suffix}`
}

/** Sessions last five minutes: a new one is fetched in the last of them. */
export const SESSION_REFRESH_MS = 60_000

/** The keys in a response to CreateSession; null if there are none. */
export function readSession(xml: string): Credentials | null {
  const document = readXml(xml)
  const keys = document?.child('Credentials') ?? document
  if (!keys) return null
  const accessKeyId = keys.wordOf('AccessKeyId')
  const secretAccessKey = keys.wordOf('SecretAccessKey')
  const sessionToken = keys.wordOf('SessionToken')
  const expiration = new Date(keys.wordOf('Expiration'))
  if (accessKeyId === '' || secretAccessKey === '' || sessionToken === '') return null
  const session = { accessKeyId, secretAccessKey, sessionToken }
  return Number.isNaN(expiration.getTime()) ? session : { ...session, expiration }
}
