import { ListObjectsV2Command } from '@aws-sdk/client-s3'
import type { EndpointOptions } from '@lagoon/sync'
import type { Side } from '../options/store-address.js'
import { bucketClient } from '../stores/bucket-client.js'
import type { Findings } from './check.js'

/** How a refusal names the region of a bucket: in a header of a redirect, in the body of the response to a signature for another region. */
interface NamesRegion {
  readonly Region?: string
  readonly $response?: { readonly headers?: Readonly<Record<string, string>> }
}

/** The endpoint with the region that the store names, as a run learns it. Another one than was set is worth a warning. */
export async function checkRegion(
  side: Side,
  endpoint: EndpointOptions,
  findings: Findings,
): Promise<EndpointOptions> {
  const region = await regionNamed(endpoint)
  if (region === undefined || region === endpoint.region) return endpoint
  findings.warning(
    'region',
    `the bucket is in ${region}, not in ${endpoint.region}; every run has to discover that`,
    `Set LAGOON_${side.toUpperCase()}_REGION to ${region}.`,
  )
  return { ...endpoint, region }
}

async function regionNamed(endpoint: EndpointOptions): Promise<string | undefined> {
  const client = bucketClient(endpoint)
  try {
    await client.send(new ListObjectsV2Command({ Bucket: endpoint.bucket, MaxKeys: 1 }))
    return undefined
  } catch (error) {
    const { Region, $response } = error as NamesRegion
    return Region ?? $response?.headers?.['x-amz-bucket-region']
  } finally {
    client.destroy()
  }
}
