import type { Shape } from '@lagoon/s3-sandbox'
import { usageError } from '../errors.js'
import type { BenchSession } from '../session.js'
import type { BucketAccess } from './buckets.js'
import { serveCertificate } from './certificate.js'
import { startChild } from './child.js'
import { startMinioPair } from './minio-pair.js'
import type { PathRole } from './path-process.js'
import { startSandboxPair } from './sandbox-pair.js'
import { barePair, type StoreKind, type BenchStores } from './store-pair.js'

/** The stores to measure between. */
export interface StoreChoice {
  kind: StoreKind
  /** Behaviour of a sandbox under load. */
  shape: Shape
  /** False: a sandbox generates objects and keeps no bytes. Default true. */
  keepBytes?: boolean
  /** Stores that the bench starts use TLS. Default false. */
  tls?: boolean
  /** Round-trip time of the path between the clients and both stores, ms. Default none. */
  pathMs?: number | undefined
}

/** The pair to measure between; the session closes it. `needBytes` is the capacity that both stores need together. */
export async function openStorePair(
  choice: StoreChoice,
  needBytes: number,
  session: BenchSession,
): Promise<BenchStores> {
  session.say('starting the stores')
  const pair = await start(choice, needBytes, session)
  session.defer(() => pair.close())
  return choice.pathMs === undefined ? pair : overPath(pair, choice.pathMs, session)
}

async function start(
  { kind, shape, keepBytes = true, tls: overTls = false }: StoreChoice,
  needBytes: number,
  session: BenchSession,
): Promise<BenchStores> {
  const tls = overTls ? await serveCertificate(session) : null
  switch (kind) {
    case 'minio':
      return startMinioPair(needBytes, tls)
    case 'sandbox':
      return startSandboxPair(shape, { keepBytes, tls })
    case 'environment':
      return environmentPair(process.env)
  }
}

/** The same stores; clients reach them over a path with this round-trip time. */
async function overPath(pair: BenchStores, roundTripMs: number, session: BenchSession): Promise<BenchStores> {
  const targets = [pair.source, pair.destination].map(({ url }) => {
    const { hostname, port } = new URL(url)
    return { host: hostname, port: Number(port) }
  })
  const role: PathRole = { targets, roundTripMs }
  const path = await startChild<number[]>(new URL('./path-process.js', import.meta.url), role)
  session.defer(() => path.stop())
  const [sourcePort, destinationPort] = path.ready as [number, number]
  return {
    ...pair,
    description: `${pair.description}, ${roundTripMs} ms away`,
    forClients: {
      source: behind(pair.source, sourcePort),
      destination: behind(pair.destination, destinationPort),
    },
  }
}

/**
 * Two running stores, configured by the product's variables (`LAGOON_SOURCE_ENDPOINT_URL` etc.). Keys must be in the environment: the other
 * tools do not share one credential chain.
 *
 * Throws `LAGOON_BENCH_USAGE` naming every missing or malformed variable.
 */
export function environmentPair(env: NodeJS.ProcessEnv): BenchStores {
  const problems: string[] = []
  const source = accessOf('SOURCE', env, problems)
  const destination = accessOf('DESTINATION', env, problems)
  if (problems.length > 0) {
    throw usageError(
      `--stores environment: ${problems.join('; ')}`,
      'Set LAGOON_SOURCE_ENDPOINT_URL, …_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY and the same for LAGOON_DESTINATION_.',
    )
  }
  return barePair('environment', `${source.url} to ${destination.url}`, { source, destination })
}

function accessOf(side: 'SOURCE' | 'DESTINATION', env: NodeJS.ProcessEnv, problems: string[]): BucketAccess {
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

function behind(access: BucketAccess, port: number): BucketAccess {
  const url = new URL(access.url)
  url.port = String(port)
  return { ...access, url: url.origin }
}
