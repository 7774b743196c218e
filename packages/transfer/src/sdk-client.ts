import type { S3Client } from '@aws-sdk/client-s3'
import type { Endpoint } from './endpoint.js'
import { createSdkRequestHandler } from './sdk-request-handler.js'

type Sdk = typeof import('@aws-sdk/client-s3')

/** The SDK's commands, and a client of it for one endpoint. */
export interface LoadedSdk {
  sdk: Sdk
  client: S3Client
}

/** Gives the SDK, which is loaded and made at the first call: it costs a fifth of a second and some 30 MB that a run of small copies can do without. */
export type LazySdk = () => Promise<LoadedSdk>

/** @param attempts how often the SDK itself tries a request */
export function lazySdk(endpoint: Endpoint, attempts: number): LazySdk {
  let loaded: Promise<LoadedSdk> | null = null
  return () =>
    (loaded ??= import('@aws-sdk/client-s3').then((sdk) => ({
      sdk,
      client: makeClient(sdk, endpoint, attempts),
    })))
}

function makeClient(sdk: Sdk, endpoint: Endpoint, attempts: number): S3Client {
  const { settings } = endpoint
  return new sdk.S3Client({
    region: settings.region,
    ...(settings.endpointUrl !== undefined && { endpoint: settings.endpointUrl }),
    forcePathStyle: settings.forcePathStyle,
    useDualstackEndpoint: settings.useDualstackEndpoint,
    useFipsEndpoint: settings.useFipsEndpoint,
    credentials: async () => endpoint.credentials.get(),
    maxAttempts: attempts,
    // Checksums of the SDK's own travel as trailers in aws-chunked, which R2, GCS and older Ceph refuse.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: createSdkRequestHandler(endpoint),
  })
}
