import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'

export interface Ask {
  method?: string
  /** As sent over the wire. */
  target: string
  headers?: Record<string, string>
  body?: Uint8Array | string
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  code: string | null
  /** Set if the body ended before its promised length. */
  cut: string | null
}

/** Sends a request to a sandbox that accepts every request, without changing the target. Rejects if there is no response. */
export function ask(
  server: { port: number },
  { method = 'GET', target, headers = {}, body = '' }: Ask,
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body)
    const sized = method !== 'GET' && method !== 'HEAD' && headers['transfer-encoding'] === undefined
    const length = sized ? { 'content-length': String(bytes.length) } : {}
    const request = httpRequest(
      {
        port: server.port,
        host: '127.0.0.1',
        method,
        path: target,
        headers: { ...length, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        const done = (cut: string | null): void => {
          const whole = Buffer.concat(chunks)
          const code = /<Code>([^<]+)/.exec(whole.toString('latin1'))?.[1] ?? null
          resolve({ status: response.statusCode!, headers: response.headers, body: whole, code, cut })
        }
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
        response.on('end', () => done(null))
      },
    )
    request.on('error', reject)
    request.end(bytes)
  })
}

/** The code of the error that a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'nothing'
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  }
}
