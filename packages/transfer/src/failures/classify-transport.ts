import type { AttemptFailure, FailureClass, Side } from '../contract/attempt.js'
import { TransferError } from '../contract/errors.js'
import { RefusedRequest } from './refused-request.js'

/** Codes of Node, TLS and our HTTP/1.1 client, and their names in a report. */
const TRANSPORT_CODES: Record<string, string> = {
  ECONNRESET: 'ConnectionReset',
  EPIPE: 'ConnectionReset',
  ECONNABORTED: 'ConnectionReset',
  HTTP1_ENDED: 'ConnectionReset',
  HTTP1_CLOSED: 'ConnectionClosed',
  HTTP1_CONNECT_TIMEOUT: 'ConnectTimeout',
  ETIMEDOUT: 'ConnectTimeout',
  HTTP1_FIRST_BYTE_TIMEOUT: 'FirstByteTimeout',
  HTTP1_IDLE_TIMEOUT: 'IdleTimeout',
  HTTP1_TOO_SLOW: 'ResponseTimeout',
  HTTP1_MALFORMED: 'MalformedAnswer',
  ECONNREFUSED: 'ConnectionRefused',
  ENOTFOUND: 'HostNotFound',
  EAI_AGAIN: 'HostNotFound',
  EHOSTUNREACH: 'HostUnreachable',
  ENETUNREACH: 'HostUnreachable',
  EMFILE: 'TooManyOpenFiles',
  ENFILE: 'TooManyOpenFiles',
}

const BAD_CERTIFICATE = /^(?:CERT_|ERR_TLS_CERT|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET|VERIFY)_)/

/** The server chose a version that was not offered, or refused those that were. */
const OLD_TLS = new Set(['ERR_SSL_UNSUPPORTED_PROTOCOL', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'])

function adviceFor(code: string): string {
  if (code === 'CERT_HAS_EXPIRED') return '; renew it, or correct the clock of this machine'
  if (code === 'CERT_NOT_YET_VALID') return '; correct the clock of this machine'
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return '; use a host name that the certificate covers'
  return '; set its authority (option `certificateAuthority`)'
}

/** The verdict on a connection that broke or was never established, or on credentials that could not be obtained. */
export function classifyTransport(side: Side, request: string, error: unknown): AttemptFailure {
  if (error instanceof TransferError)
    return { class: 'permanent', side, code: 'CredentialsMissing', message: error.message, cause: error }
  if (error instanceof RefusedRequest)
    return { ...error.failure, side, message: `${request}: ${error.message}`, cause: error }
  const raw = transportCode(error)
  const why = reasonOf(error)
  const failed = (kind: FailureClass, code: string, message: string): AttemptFailure => ({
    class: kind,
    side,
    code,
    message: `${request}: ${message}`,
    cause: error,
  })
  if (raw === 'ERR_SSL_WRONG_VERSION_NUMBER')
    return failed('permanent', 'NotTls', 'the server does not speak TLS')
  if (OLD_TLS.has(raw)) return failed('permanent', 'TlsTooOld', 'the server speaks only TLS 1.1 or older')
  if (BAD_CERTIFICATE.test(raw))
    return failed(
      'permanent',
      'CertificateRefused',
      `the server's certificate was refused: ${why}${adviceFor(raw)}`,
    )
  // A header or path that would break the framing, such as a metadata value with a control character.
  if (raw === 'HTTP1_INVALID_REQUEST') return failed('permanent', 'InvalidRequest', why)
  return failed('transient', TRANSPORT_CODES[raw] ?? 'ConnectionFailed', why)
}

/** OpenSSL's messages are dumps of its error stack with a trailing line feed; `reason` says what went wrong. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('reason' in error && typeof error.reason === 'string' && 'library' in error)
    return `TLS: ${error.reason}`
  return error.message === '' ? String(error) : error.message
}

function transportCode(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // Connecting to a name with several addresses fails with an aggregate of one error per address.
  if (error instanceof AggregateError && !('code' in error && error.code))
    return transportCode(error.errors[0])
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}
