import { createHash } from 'node:crypto'
import type { S3Client } from '@aws-sdk/client-s3'
import type { EndpointOptions } from '@lagoon/sync'

/** Operations on the content of an object: they carry the customer's key where there is one. */
const onContent = new Set([
  'GetObjectCommand',
  'HeadObjectCommand',
  'PutObjectCommand',
  'CreateMultipartUploadCommand',
  'UploadPartCommand',
  'CompleteMultipartUploadCommand',
])
const reading = new Set(['GetObjectCommand', 'HeadObjectCommand'])

/** Has every request say what a copier's would: who pays, and the customer-provided key. */
export function addStoreHeaders(
  client: S3Client,
  { requesterPays, sseCustomerKey }: Pick<EndpointOptions, 'requesterPays' | 'sseCustomerKey'>,
): void {
  const always = requesterPays === true ? { 'x-amz-request-payer': 'requester' } : {}
  const keyHeaders = sseCustomerKey === undefined ? undefined : customerKeyHeaders(sseCustomerKey)
  let withoutKey = false
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const headers = (args.request as { headers: Record<string, string> }).headers
        Object.assign(headers, always)
        if (keyHeaders !== undefined && !withoutKey && onContent.has(commandName))
          Object.assign(headers, keyHeaders)
        return next(args)
      },
    { step: 'build', name: 'lagoonStoreHeaders' },
  )
  if (keyHeaders === undefined) return
  // A manifest may not be encrypted with the key that its objects are: it is read once more, without.
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        try {
          return await next(args)
        } catch (error) {
          const { $metadata } = error as { $metadata?: { httpStatusCode?: number } }
          if ($metadata?.httpStatusCode !== 400 || !reading.has(commandName)) throw error
          withoutKey = true
          return next(args).finally(() => (withoutKey = false))
        }
      },
    { step: 'initialize', name: 'lagoonWithoutKey' },
  )
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html */
function customerKeyHeaders(key: string): Record<string, string> {
  const name = 'x-amz-server-side-encryption-customer'
  const md5 = createHash('md5').update(Buffer.from(key, 'base64')).digest('base64')
  return { [`${name}-algorithm`]: 'AES256', [`${name}-key`]: key, [`${name}-key-md5`]: md5 }
}
