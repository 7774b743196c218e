import { S3Client } from '@aws-sdk/client-s3'
import type { EndpointOptions } from '@lagoon/sync'
import { agentsFor } from '../options/agents.js'
import { addStoreHeaders } from './store-headers.js'

/** The SDK's client for one side, without retries: its users want to see what is wrong, not to get round it. */
export function bucketClient(endpoint: EndpointOptions): S3Client {
  const { region = 'us-east-1', endpointUrl, forcePathStyle, credentials } = endpoint
  const client = new S3Client({
    region,
    maxAttempts: 1,
    forcePathStyle: forcePathStyle ?? endpointUrl !== undefined,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { ...agentsFor(endpoint), connectionTimeout: endpoint.connectTimeoutMs ?? 10_000 },
    useDualstackEndpoint: endpoint.useDualstackEndpoint ?? false,
    useFipsEndpoint: endpoint.useFipsEndpoint ?? false,
    ...(endpointUrl === undefined ? {} : { endpoint: endpointUrl }),
    ...(credentials === undefined ? {} : { credentials }),
  })
  addStoreHeaders(client, endpoint)
  return client
}

/** The store's code and words for what went wrong; its status alone where it has none, as for a HEAD, whose answer has no body. */
export function storeAnswer(error: unknown): { code: string; detail: string } {
  const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } }
  const status = $metadata?.httpStatusCode
  const nameless = /^(?:Unknown(?:Error)?|\d{3})$/.test(name)
  const words = message === '' || message === 'UnknownError' ? '' : `: ${message}`
  if (nameless && status !== undefined) return { code: String(status), detail: `${status}${words}` }
  return { code: name, detail: `${status === undefined ? '' : `${status} `}${name}${words}` }
}
