import { TestkitError } from './errors.js'
import type { StoreEndpoint } from './s3/store-endpoint.js'

/**
 * The pair of servers in the environment, or null without one: `LAGOON_TEST_SOURCE_ENDPOINT_URL`, `…_ACCESS_KEY_ID`, `…_SECRET_ACCESS_KEY`,
 * `…_REGION` (default `us-east-1`), and the same for `LAGOON_TEST_DESTINATION_`. Tests create and delete buckets there.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_OPTION_INVALID` if only some of them are set
 */
export function environmentStores(
  env: NodeJS.ProcessEnv,
): { source: StoreEndpoint; destination: StoreEndpoint } | null {
  if (!env['LAGOON_TEST_SOURCE_ENDPOINT_URL'] && !env['LAGOON_TEST_DESTINATION_ENDPOINT_URL']) return null
  return { source: environmentEndpoint('SOURCE', env), destination: environmentEndpoint('DESTINATION', env) }
}

function environmentEndpoint(side: 'SOURCE' | 'DESTINATION', env: NodeJS.ProcessEnv): StoreEndpoint {
  const read = (name: string): string => {
    const value = env[`LAGOON_TEST_${side}_${name}`]
    if (value) return value
    throw new TestkitError(
      'LAGOON_TESTKIT_OPTION_INVALID',
      `LAGOON_TEST_${side}_${name} is not set`,
      'Set ENDPOINT_URL, ACCESS_KEY_ID and SECRET_ACCESS_KEY of both sides, or none of them.',
    )
  }
  return {
    url: read('ENDPOINT_URL').replace(/\/+$/, ''),
    accessKeyId: read('ACCESS_KEY_ID'),
    secretAccessKey: read('SECRET_ACCESS_KEY'),
    region: env[`LAGOON_TEST_${side}_REGION`] || 'us-east-1',
  }
}
