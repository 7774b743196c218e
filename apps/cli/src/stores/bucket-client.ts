import { S3Client } from '@aws-sdk/client-s3'
import type { EndpointOptions } from '@lagoon/sync'

/** The SDK's client for one side, without retries: its users want to see what is wrong, not to get round it. */
export function bucketClient(endpoint: EndpointOptions): S3Client {
  const { region, endpointUrl, forcePathStyle, credentials } = endpoint
  return new S3Client({
    region,
    maxAttempts: 1,
    forcePathStyle: forcePathStyle ?? endpointUrl !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  })
}

/** The store's code and words for what went wrong. */
export function storeAnswer(error: unknown): { code: string; detail: string } {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  const code = name === 'UnknownError' || name === '403' ? String(status ?? name) : name
  const words = message === '' || message === 'UnknownError' ? '' : `: ${message}`
  return { code, detail: `${status === undefined ? '' : `${status} `}${code}${words}` }
}
