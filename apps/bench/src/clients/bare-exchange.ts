import { Readable } from 'node:stream'
import type { Dispatcher, Pool } from 'undici'

/** Objects up to this size go through one buffer; larger ones are streamed. */
const bufferedBytes = 1024 * 1024

export interface Answer {
  status: number
  sizeBytes: number
  body: Buffer | Readable
}

/**
 * One request on undici's lowest level, `dispatch` with a handler. Resolves when a small body is complete, or when a large one begins.
 */
export function bareExchange(pool: Pool, request: Dispatcher.DispatchOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    let status = 0
    let sizeBytes = 0
    let filled = 0
    let buffer: Buffer | null = null
    let stream: Readable | null = null
    pool.dispatch(request, {
      onRequestStart() {},
      onResponseStart(controller, statusCode, headers) {
        status = statusCode
        sizeBytes = Number(headers['content-length'] ?? 0)
        if (sizeBytes <= bufferedBytes) {
          buffer = Buffer.allocUnsafe(sizeBytes)
        } else {
          stream = new Readable({ read: () => controller.resume() })
          resolve({ status, sizeBytes, body: stream })
        }
      },
      onResponseData(controller, chunk) {
        if (buffer) filled += chunk.copy(buffer, filled)
        else if (!stream!.push(Buffer.from(chunk))) controller.pause()
      },
      onResponseEnd() {
        if (stream) stream.push(null)
        else if (filled === sizeBytes) resolve({ status, sizeBytes, body: buffer! })
        else reject(new Error(`${request.method} ${request.path}: ${filled} of ${sizeBytes} bytes`))
      },
      onResponseError(_, error) {
        stream?.destroy(error)
        reject(error)
      },
    })
  })
}
