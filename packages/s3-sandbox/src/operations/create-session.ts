import { isDirectoryBucket } from '../s3/directory-bucket.js'
import { xmlResponse, type S3Response } from '../message/s3-response.js'
import type { ServerContext } from '../request/context.js'
import type { S3Request } from '../request/s3-request.js'
import { S3Error } from '../s3/s3-error.js'

/** CreateSession: keys for a directory bucket. @throws {S3Error} `InvalidRequest` for any other bucket */
export function createSession(request: S3Request, context: ServerContext): S3Response {
  const bucket = context.store.bucket(request.bucket)
  if (!isDirectoryBucket(bucket.name))
    throw new S3Error('InvalidRequest', { message: 'CreateSession is for directory buckets only.' })
  const session = context.sessions.create(bucket.name, context.now())
  return xmlResponse('CreateSessionResult', {
    Credentials: {
      SessionToken: session.sessionToken,
      SecretAccessKey: session.secretAccessKey,
      AccessKeyId: session.accessKeyId,
      Expiration: new Date(session.expires).toISOString(),
    },
  })
}
