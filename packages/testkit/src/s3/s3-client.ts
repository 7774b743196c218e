import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { Agent } from 'node:https'
import type { StoreEndpoint } from './store-endpoint.js'

/**
 * An AWS SDK client for an endpoint: path style, three attempts, and checksums only where an operation requires them, so that it speaks
 * plain S3. Destroy it after use.
 */
export function s3Client(endpoint: StoreEndpoint, overrides: S3ClientConfig = {}): S3Client {
  const { certificateAuthority: ca, accessKeyId, secretAccessKey, sessionToken } = endpoint
  return new S3Client({
    endpoint: endpoint.url,
    region: endpoint.region,
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(ca !== undefined && { requestHandler: { httpsAgent: new Agent({ ca }) } }),
    ...overrides,
  })
}
