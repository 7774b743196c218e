import { readFileSync } from 'node:fs'
import { invalidOption, JobsError } from '../errors.js'

export interface NatsOptions {
  /**
   * Servers of one cluster: `nats://host:4222`, `tls://…`, `ws://…` or `wss://…`; several as a list, or separated by commas. A user and a
   * password in a URL are removed from it and used as credentials.
   */
  readonly servers: string | readonly string[]
  /** File with NATS credentials: a JWT and a seed. */
  readonly credsFile?: string
  /** PEM file with the authorities to trust; default those of the system. */
  readonly caFile?: string
  /** PEM files of the client's certificate and key, for mutual TLS; both or neither. */
  readonly certFile?: string
  readonly keyFile?: string
  readonly user?: string
  readonly password?: string
  readonly token?: string
  /** Seed of an NKey, `SU…`. */
  readonly nkeySeed?: string
  /** Name of the connection, as the server's monitoring shows it; default `lagoon`. */
  readonly name?: string
  /** How long the first connection may take, in ms; default 10,000. */
  readonly connectTimeoutMs?: number
  /** How long a request waits for its response, in ms; default 2,000. */
  readonly requestTimeoutMs?: number
}

export interface ResolvedNatsOptions {
  readonly servers: readonly string[]
  readonly webSocket: boolean
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string } | null
  readonly creds: Uint8Array | null
  readonly user: string | null
  readonly password: string | null
  readonly token: string | null
  readonly nkeySeed: Uint8Array | null
  readonly name: string
  readonly connectTimeoutMs: number
  readonly requestTimeoutMs: number
}

const SCHEMES = new Set(['nats:', 'tls:', 'ws:', 'wss:'])

/** @throws {JobsError} `LAGOON_JOBS_INVALID_OPTION`, without secrets in its message */
export function resolveNatsOptions(options: NatsOptions): ResolvedNatsOptions {
  const listed = typeof options.servers === 'string' ? options.servers.split(',') : options.servers
  const urls = listed
    .map((server) => server.trim())
    .filter((server) => server !== '')
    .map(parseServer)
  const [first] = urls
  if (first === undefined) throw invalidOption('`servers`', 'at least one URL such as nats://localhost:4222')
  const webSocket = first.protocol.startsWith('ws')
  if (urls.some(({ protocol }) => protocol.startsWith('ws') !== webSocket)) {
    throw invalidOption('`servers`', 'all WebSocket URLs or none')
  }
  const { user = decoded(first.username), password = decoded(first.password), token, nkeySeed } = options
  if ((options.certFile === undefined) !== (options.keyFile === undefined)) {
    throw invalidOption('`certFile` and `keyFile`', 'set together')
  }
  const ca = readOption('caFile', options.caFile)
  const cert = readOption('certFile', options.certFile)
  const key = readOption('keyFile', options.keyFile)
  const own = { ...(ca !== null && { ca }), ...(cert !== null && { cert }), ...(key !== null && { key }) }
  const secure = urls.some(({ protocol }) => protocol === 'tls:') || Object.keys(own).length > 0
  if (webSocket && Object.keys(own).length > 0) {
    throw invalidOption(
      '`caFile`, `certFile` and `keyFile`',
      'omitted with WebSocket URLs; NODE_EXTRA_CA_CERTS adds authorities',
    )
  }
  const creds = readOption('credsFile', options.credsFile)
  if (creds !== null && !creds.includes('BEGIN NATS USER JWT')) {
    throw invalidOption('`credsFile`', 'a NATS credentials file with a JWT and a seed')
  }
  if (nkeySeed !== undefined && !/^SU[A-Z2-7]{56}$/.test(nkeySeed.trim())) {
    throw invalidOption('`nkeySeed`', 'the seed of a user, 58 characters that begin with SU')
  }
  const encoder = new TextEncoder()
  return {
    servers: urls.map(({ protocol, host }) => (webSocket ? `${protocol}//${host}` : host)),
    webSocket,
    tls: secure ? own : null,
    creds: creds === null ? null : encoder.encode(creds),
    user: user ?? null,
    password: password ?? null,
    token: token ?? null,
    nkeySeed: nkeySeed === undefined ? null : encoder.encode(nkeySeed.trim()),
    name: options.name ?? 'lagoon',
    connectTimeoutMs: options.connectTimeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 2000,
  }
}

function parseServer(server: string): URL {
  const text = server.includes('://') ? server : `nats://${server}`
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && SCHEMES.has(url.protocol) && url.hostname !== '') return url
  // Only the part after the user and password is shown.
  const shown = server.slice(server.lastIndexOf('@') + 1)
  throw invalidOption(
    `the server ${JSON.stringify(shown)}`,
    'a URL such as nats://host:4222 or tls://host:4222',
  )
}

const decoded = (text: string): string | undefined => (text === '' ? undefined : decodeURIComponent(text))

function readOption(name: string, path: string | undefined): string | null {
  if (path === undefined) return null
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new JobsError(
      'LAGOON_JOBS_INVALID_OPTION',
      `\`${name}\`: ${path} cannot be read: ${(error as Error).message}`,
      'Check the path and its permissions.',
      { cause: error },
    )
  }
}
