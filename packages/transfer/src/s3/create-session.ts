import { bufferAnswer } from './buffered-response.js'
import { classifyAnswer } from '../failures/classify-error.js'
import { providedCredentials, type Credentials, type CredentialSource } from './credentials.js'
import { readSession, SESSION_REFRESH_MS } from './directory-bucket.js'
import { readErrorBody } from '../failures/error-body.js'
import type { ExchangeHandler } from '../http1/exchange.js'
import { RefusedRequest } from '../failures/refused-request.js'
import { isExpiredCredentials } from '../failures/whole-run.js'

/** Sends CreateSession, signed with these keys. */
export type SendCreateSession = (keys: Credentials, handler: ExchangeHandler) => void

/**
 * The keys of sessions with a directory bucket, made with the account's own. A session may write if the account may, else it only reads.
 */
export function sessionCredentials(account: CredentialSource, send: SendCreateSession): CredentialSource {
  return providedCredentials(
    async () => createSession(await account.get(), account, send),
    SESSION_REFRESH_MS,
    (error) => error,
  )
}

async function createSession(
  keys: Credentials,
  account: CredentialSource,
  send: SendCreateSession,
): Promise<Credentials> {
  const { status, headers, body } = await bufferAnswer((handler) => send(keys, handler))
  const text = body.toString()
  const session = status === 200 ? readSession(text) : null
  if (session !== null) return session
  const error = readErrorBody(text)
  const failure = classifyAnswer('source', { ...error, status, headers, request: 'create a session' })
  if (isExpiredCredentials(failure.code) && !account.renew()) failure.class = 'permanent'
  throw new RefusedRequest(failure)
}
