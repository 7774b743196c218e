import type { Attempt } from '../contract/attempt.js'
import { abortedFailure, transportFailure } from '../failures/make-failure.js'
import { bufferAnswer, type BufferedAnswer } from './buffered-response.js'
import type { Endpoint, EndpointRequest } from './endpoint.js'

/**
 * Sends a request and collects its response, whatever its status.
 *
 * @param limitBytes longest body of a successful response
 * @throws the connection's error, a TransferError for missing credentials, or the signal's reason
 */
export async function sendBuffered(
  endpoint: Endpoint,
  request: EndpointRequest,
  limitBytes: number,
  signal: AbortSignal | undefined,
): Promise<BufferedAnswer> {
  await endpoint.prepare()
  return bufferAnswer(
    (handler) => endpoint.send(request, handler),
    { limitBytes, endsAfterMs: endpoint.endOf(request.method, limitBytes) },
    signal,
  )
}

/**
 * The same as one attempt: fails only if there is no response.
 *
 * @param name what is being done, for messages, such as `HEAD "key"`
 */
export async function bufferedRequest(
  endpoint: Endpoint,
  request: EndpointRequest,
  name: string,
  limitBytes: number,
  signal: AbortSignal | undefined,
): Promise<Attempt<BufferedAnswer>> {
  try {
    const value = await sendBuffered(endpoint, request, limitBytes, signal)
    return { ok: true, value, side: endpoint.side }
  } catch (error) {
    if (signal?.aborted) return { ok: false, failure: abortedFailure(endpoint.side) }
    return { ok: false, failure: transportFailure(endpoint, name, error) }
  }
}
