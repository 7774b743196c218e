import { request as httpRequest, type Agent, type IncomingMessage } from 'node:http'
import { BodyCut } from '../faults/body-faults.js'
import type { Shaper } from '../shape/shaper.js'
import type { S3Response } from '../message/s3-response.js'
import type { ServerExchange } from './exchange.js'
import { incomingBody } from './incoming-body.js'
import { drained } from './send-response.js'

// Hop-by-hop headers: each side has its own.
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'expect',
])

/**
 * Forwards a request unchanged (target, headers, host and body, so that its signature stays valid) and returns the upstream's response. If
 * the upstream cannot be reached or disconnects, the client's connection is closed, too.
 */
export async function forward(
  exchange: ServerExchange,
  upstream: URL,
  agent: Agent,
  shaper: Shaper,
): Promise<S3Response> {
  const { message, record } = exchange
  const headers: string[] = []
  for (let at = 0; at < message.rawHeaders.length; at += 2) {
    const name = message.rawHeaders[at]!
    if (!HOP_BY_HOP.has(name.toLowerCase())) headers.push(name, message.rawHeaders[at + 1]!)
  }
  const chunked = message.headers['transfer-encoding'] !== undefined
  if (chunked) headers.push('Transfer-Encoding', 'chunked')
  const outgoing = httpRequest({
    agent,
    host: upstream.hostname,
    port: upstream.port || 80,
    method: record.method,
    path: record.target,
    headers,
  })
  outgoing.on('error', () => {})
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once('response', resolve)
    outgoing.once('error', () => reject(new BodyCut('reset')))
  })
  // If the response comes before the body is through, the rest is not waited for.
  const sent = sendBody(exchange, outgoing, shaper)
  const response = await Promise.race([answered, sent.then(() => answered)])
  return answerOf(response, record.method)
}

async function sendBody(
  exchange: ServerExchange,
  outgoing: ReturnType<typeof httpRequest>,
  shaper: Shaper,
): Promise<void> {
  try {
    for await (const chunk of incomingBody(exchange, shaper)) {
      if (outgoing.destroyed) return
      if (!outgoing.write(chunk)) await drained(outgoing)
    }
    outgoing.end()
  } catch (error) {
    outgoing.destroy()
    throw error
  }
}

function answerOf(response: IncomingMessage, method: string): S3Response {
  const headers: S3Response['headers'] = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (!HOP_BY_HOP.has(name) && value !== undefined)
      headers[name] = Array.isArray(value) ? value.join(', ') : value
  }
  response.on('error', () => {})
  return {
    status: response.statusCode ?? 502,
    headers,
    body: {
      stream: response,
      dispose: () => {
        if (method === 'HEAD') response.resume()
        else if (!response.readableEnded) response.destroy()
      },
    },
  }
}
