import type { Sandbox } from '@lagoon/s3-sandbox'
import { onTestFinished } from 'vitest'
import { Endpoint } from '../../src/s3/endpoint.js'
import type { EndpointOptions } from '../../src/options/endpoint-options.js'
import { resolveEndpoint } from '../../src/options/resolve-endpoint.js'
import { sandboxOptions } from './sandbox-pair.js'

/** A bucket of a sandbox as the data path sees it; ends with the test. */
export function testEndpoint(
  sandbox: Sandbox,
  bucket: string,
  options: Partial<EndpointOptions> = {},
): Endpoint {
  const endpoint = new Endpoint(
    resolveEndpoint({ ...sandboxOptions(sandbox, bucket), ...options }),
    'source',
    8,
  )
  onTestFinished(() => endpoint.close())
  return endpoint
}
