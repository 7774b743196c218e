import { randomBytes } from 'node:crypto'
import { S3Error } from '../s3/s3-error.js'
import type { Credentials } from './verify-request.js'

/** Keys that are valid for one directory bucket and for five minutes. */
interface DirectorySession extends Credentials {
  sessionToken: string
  bucket: string
  /** Unix milliseconds. */
  expires: number
}

const LIFETIME_MS = 5 * 60_000

/** Sessions with directory buckets, by access key. */
export class Sessions {
  readonly #byKey = new Map<string, DirectorySession>()

  create(bucket: string, now: number): DirectorySession {
    const session = {
      accessKeyId: `SESSION${randomBytes(8).toString('hex').toUpperCase()}`,
      secretAccessKey: randomBytes(20).toString('hex'),
      sessionToken: randomBytes(24).toString('base64'),
      bucket,
      expires: now + LIFETIME_MS,
    }
    this.#byKey.set(session.accessKeyId, session)
    return session
  }

  /** @throws {S3Error} `InvalidAccessKeyId`, `ExpiredToken`, `AccessDenied` for a session with another bucket */
  find(accessKeyId: string, bucket: string, now: number): DirectorySession {
    const session = this.#byKey.get(accessKeyId)
    if (session === undefined)
      throw new S3Error('InvalidAccessKeyId', { fields: { AWSAccessKeyId: accessKeyId } })
    if (session.expires <= now) throw new S3Error('ExpiredToken')
    if (session.bucket !== bucket) throw new S3Error('AccessDenied')
    return session
  }
}
