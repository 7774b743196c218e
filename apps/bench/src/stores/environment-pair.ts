import type { StoreAccess } from '../s3/sign-request.js'
import { usageError } from '../errors.js'
import type { StorePair } from './store-pair.js'

/**
 * Two running stores, named by the product's own variables (`LAGOON_SOURCE_ENDPOINT_URL` and the like). Keys must be
 * in the environment: the other tools don't share one chain of credentials.
 *
 * Throws `LAGOON_BENCH_USAGE` naming every variable that is missing or malformed.
 */
export function environmentPair(env: NodeJS.ProcessEnv): StorePair {
  const problems: string[] = []
  const source = accessOf('SOURCE', env, problems)
  const destination = accessOf('DESTINATION', env, problems)
  if (problems.length > 0) {
    throw usageError(
      `--stores environment: ${problems.join('; ')}`,
      'Set LAGOON_SOURCE_ENDPOINT_URL, …_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY and the same for LAGOON_DESTINATION_.',
    )
  }
  return {
    kind: 'environment',
    description: `${source.url} to ${destination.url}`,
    source,
    destination,
    pids: [],
    requestCounts: async () => null,
    setShaped: async () => {},
    close: async () => {},
  }
}

function accessOf(side: 'SOURCE' | 'DESTINATION', env: NodeJS.ProcessEnv, problems: string[]): StoreAccess {
  const read = (name: string): string => env[`LAGOON_${side}_${name}`] ?? ''
  for (const name of ['ACCESS_KEY_ID', 'SECRET_ACCESS_KEY']) {
    if (read(name) === '') problems.push(`LAGOON_${side}_${name} is not set`)
  }
  const region = read('REGION') || 'us-east-1'
  const named = read('ENDPOINT_URL') || `https://s3.${region}.amazonaws.com`
  const url = URL.parse(named)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    problems.push(`LAGOON_${side}_ENDPOINT_URL is not an http or https address: "${named}"`)
  }
  const sessionToken = read('SESSION_TOKEN')
  return {
    url: url?.origin ?? named,
    region,
    accessKeyId: read('ACCESS_KEY_ID'),
    secretAccessKey: read('SECRET_ACCESS_KEY'),
    ...(sessionToken === '' ? {} : { sessionToken }),
  }
}
