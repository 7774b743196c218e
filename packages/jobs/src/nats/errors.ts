import { JobsError, noAnswer } from '../errors.js'
import { INBOX_PREFIX } from './names.js'

/** Codes of https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const API = {
  streamNotFound: 10_059,
  consumerNotFound: 10_014,
  wrongLastSequence: 10_071,
  wrongLastSequenceUnknown: 10_164,
  jetStreamOff: 10_076,
  jetStreamOffForAccount: 10_039,
} as const

const FULL =
  /insufficient (?:storage|memory|resources)|resource limits exceeded|maximum (?:bytes|messages|message)|no space|storage resources/i

interface NatsError extends Error {
  /** Of JetStream's API. */
  code?: number
  subject?: string
  operation?: string
}

/** Code of JetStream's API, or null for another kind of error. */
export function apiCode(error: unknown): number | null {
  const { name, code } = error as NatsError
  const api =
    name === 'JetStreamApiError' || name === 'ConsumerNotFoundError' || name === 'StreamNotFoundError'
  return api && typeof code === 'number' ? code : null
}

/** True if a compare-and-set lost. */
export function isWrongRevision(error: unknown): boolean {
  const code = apiCode(error)
  return code === API.wrongLastSequence || code === API.wrongLastSequenceUnknown
}

/** Turns a client error into a {@link JobsError}. `what` names the operation. */
export function translateError(error: unknown, what: string): JobsError {
  if (error instanceof JobsError) return error
  const violation = [error, (error as Error).cause].find(
    (candidate) => (candidate as NatsError | undefined)?.name === 'PermissionViolationError',
  ) as NatsError | undefined
  if (violation !== undefined) return permissionDenied(violation, error)
  const { name, message } = error as NatsError
  const code = apiCode(error)
  if (name === 'AuthorizationError' || name === 'UserAuthenticationExpiredError')
    return refused(message, error)
  if (name === 'JetStreamNotEnabled' || code === API.jetStreamOff || code === API.jetStreamOffForAccount) {
    return jetStreamOff(error)
  }
  if (
    name === 'ClosedConnectionError' ||
    name === 'DrainingConnectionError' ||
    message === 'connection closed'
  ) {
    return new JobsError(
      'LAGOON_JOBS_CLOSED',
      'the connection to the queue is closed',
      'Connect again before using it.',
      { cause: error },
    )
  }
  if (FULL.test(message)) {
    return new JobsError(
      'LAGOON_JOBS_STORE_FULL',
      `the queue is full: ${message}`,
      'Give JetStream more storage (max_file_store, the limits of the account, the disk); workers wait and retry.',
      { cause: error },
    )
  }
  if (/max_payload|maximum payload/i.test(message)) {
    return new JobsError(
      'LAGOON_JOBS_TOO_LARGE',
      `a message is larger than the server allows: ${message}`,
      'Set max_payload of the server to its default of 1 MB or more.',
      { cause: error },
    )
  }
  if (
    name === 'TimeoutError' ||
    name === 'NoRespondersError' ||
    name === 'RequestError' ||
    name === 'ConnectionError' ||
    // 400 is a request that will never succeed.
    (name === 'JetStreamStatusError' && (error as NatsError).code !== 400) ||
    // No leader at present.
    code === 10_008 ||
    /no responders|timeout|disconnect/i.test(message)
  ) {
    return noAnswer(`${what}: ${message}`, error)
  }
  return new JobsError(
    'LAGOON_JOBS_ENGINE_FAILED',
    `${what}: ${message}`,
    "Read the server's message and its log.",
    { cause: error },
  )
}

/** Why no connection could be made. `server` contains no credentials; `secure` if TLS was requested. */
export function connectFailed(error: unknown, server: string, secure: boolean): JobsError {
  const { name, message, cause } = error as NatsError
  const deepest = cause instanceof Error ? cause : (error as Error)
  if (name === 'AuthorizationError' || name === 'UserAuthenticationExpiredError')
    return refused(message, error)
  const text = `${message} ${deepest.message}`
  // A server that requires a client certificate may simply close the connection.
  const tls = /certificate|self[- ]signed|tls|ssl|alert/i.test(text)
  return new JobsError(
    'LAGOON_JOBS_UNREACHABLE',
    `no NATS server can be reached at ${server}: ${deepest.message || message || 'connection refused'}`,
    hintOf(text, tls, secure),
    { cause: error },
  )
}

function hintOf(text: string, tls: boolean, secure: boolean): string {
  if (/does not support 'tls'/.test(text))
    return 'The server does not offer TLS: configure tls there, or use nats:// without a CA file and client certificate.'
  const certificates =
    'Check the certificates: the CA file must have signed the server, which may require a client certificate.'
  if (tls) return certificates
  const server = 'Check the URL, that nats-server is running with JetStream (-js), and that the port is open.'
  return secure ? `${server} ${certificates}` : server
}

function jetStreamOff(cause?: unknown): JobsError {
  return new JobsError(
    'LAGOON_JOBS_JETSTREAM_OFF',
    'JetStream is not enabled on the server, or not for this account',
    'Start nats-server with -js, and enable JetStream for the account.',
    { cause },
  )
}

export function tooOld(version: string, wanted: string): JobsError {
  return new JobsError(
    'LAGOON_JOBS_SERVER_TOO_OLD',
    `nats-server ${version} is too old: ${wanted} or later is needed`,
    'Upgrade nats-server; https://github.com/nats-io/nats-server/releases has binaries and images.',
  )
}

function refused(message: string, cause: unknown): JobsError {
  return new JobsError(
    'LAGOON_JOBS_CREDENTIALS_REFUSED',
    `the NATS server refused the credentials: ${message.toLowerCase()}`,
    'Check the credentials file, user, password, token or NKey, and that they have not expired.',
    { cause },
  )
}

function permissionDenied({ subject = '?', operation = 'publish' }: NatsError, cause: unknown): JobsError {
  // Each request has an inbox of its own; permissions are for all of them.
  const needed = subject.startsWith(`${INBOX_PREFIX}.`) ? `${INBOX_PREFIX}.>` : subject
  return new JobsError(
    'LAGOON_JOBS_PERMISSION_DENIED',
    `the NATS user may not ${operation === 'subscription' ? 'subscribe' : 'publish'} to ${needed}`,
    'Grant that subject to the user.',
    { cause, subject: needed },
  )
}
