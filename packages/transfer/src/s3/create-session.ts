import { bufferAnswer } from './buffered-response.js'
import { providedCredentials, type Credentials, type CredentialSource } from '../options/credentials.js'
import { readSession, SESSION_REFRESH_MS } from '../options/directory-bucket.js'
import type { FailureOrigin } from '../failures/failure-origin.js'
import { answerFailure } from '../failures/make-failure.js'
import { MAX_ERROR_BYTES } from './refusal.js'
import type { ExchangeHandler } from '../http1/exchange.js'
import { RefusedRequest } from '../failures/refused-request.js'
import { isExpiredCredentials } from '../failures/whole-run.js'

/** The endpoint that a session is for. */
interface SessionOrigin extends FailureOrigin {
  endOf(method: 'GET', limitBytes: number): number
}

/** Sends CreateSession, signed with these keys. */
type SendCreateSession = (keys: Credentials, handler: ExchangeHandler) => void

/**
 * The keys of sessions with a directory bucket, created with the account's own. A session may write if the account
 * may, else it only reads.
 */
export function sessionCredentials(
  endpoint: SessionOrigin,
  account: CredentialSource,
  send: SendCreateSession,
): CredentialSource {
  return providedCredentials(
    async () => createSession(endpoint, await account.get(), account, send),
    SESSION_REFRESH_MS,
    (error) => error,
  )
}

async function createSession(
  endpoint: SessionOrigin,
  keys: Credentials,
  account: CredentialSource,
  send: SendCreateSession,
): Promise<Credentials> {
  const bounds = { limitBytes: MAX_ERROR_BYTES, endsAfterMs: endpoint.endOf('GET', MAX_ERROR_BYTES) }
  const answer = await bufferAnswer((handler) => send(keys, handler), bounds)
  const session = answer.status === 200 ? readSession(answer.body.toString()) : null
  if (session !== null) return session
  const failure = answerFailure(endpoint, 'create a session', { method: 'GET', ...answer })
  if (!isExpiredCredentials(failure.code)) throw new RefusedRequest(failure)
  // The account's keys have expired, not those of a session.
  throw new RefusedRequest({ ...failure, class: account.renew() ? 'transient' : 'permanent' })
}
