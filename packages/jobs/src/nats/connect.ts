import {
  connect,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  wsconnect,
  type Authenticator,
  type NatsConnection,
  type NodeConnectionOptions,
} from '@nats-io/transport-node'
import { createNatsEngine, type NatsEngine } from './engine.js'
import { connectFailed, tooOld } from './errors.js'
import { INBOX_PREFIX } from './names.js'
import { resolveNatsOptions, type NatsOptions, type ResolvedNatsOptions } from './options.js'

/** The first version with per-key expiry and expiry markers, which records of workers and roles need. */
const MIN_VERSION = [2, 12] as const

/** Two missed pings reveal a partition. */
const PING_INTERVAL_MS = 10_000

/**
 * Connects to NATS.
 *
 * @throws {JobsError} `LAGOON_JOBS_UNREACHABLE`, `LAGOON_JOBS_CREDENTIALS_REFUSED`, `LAGOON_JOBS_PERMISSION_DENIED` with the subject,
 * `LAGOON_JOBS_JETSTREAM_OFF`, `LAGOON_JOBS_SERVER_TOO_OLD`, `LAGOON_JOBS_INVALID_OPTION`. No message contains a secret.
 */
export async function connectNats(options: NatsOptions): Promise<NatsEngine> {
  const resolved = resolveNatsOptions(options)
  const nc = await open(resolved)
  try {
    const { version } = nc.info!
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major < MIN_VERSION[0] || (major === MIN_VERSION[0] && minor < MIN_VERSION[1])) {
      throw tooOld(version, MIN_VERSION.join('.'))
    }
    return await createNatsEngine(nc, resolved.requestTimeoutMs)
  } catch (error) {
    await nc.close().catch(() => undefined)
    throw error
  }
}

async function open(options: ResolvedNatsOptions): Promise<NatsConnection> {
  const { servers, webSocket, tls, name, connectTimeoutMs } = options
  const settings: NodeConnectionOptions = {
    servers: [...servers],
    name,
    timeout: connectTimeoutMs,
    inboxPrefix: INBOX_PREFIX,
    authenticator: authenticatorsOf(options),
    pingInterval: PING_INTERVAL_MS,
    maxPingOut: 2,
    // A worker outlasts an outage of the queue; the worker decides for how long.
    maxReconnectAttempts: -1,
    reconnectTimeWait: 250,
    reconnectJitter: 250,
    ...(tls !== null && { tls }),
  }
  try {
    return await (webSocket ? wsconnect(settings) : connect(settings))
  } catch (error) {
    throw connectFailed(error, servers.join(', '), tls !== null)
  }
}

function authenticatorsOf(options: ResolvedNatsOptions): Authenticator[] {
  const { creds, nkeySeed, token, user, password } = options
  if (creds !== null) return [credsAuthenticator(creds)]
  if (nkeySeed !== null) return [nkeyAuthenticator(nkeySeed)]
  if (token !== null) return [tokenAuthenticator(token)]
  if (user === null) return []
  return [usernamePasswordAuthenticator(user, password ?? undefined)]
}
