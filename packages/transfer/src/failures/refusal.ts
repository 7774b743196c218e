import type { AttemptFailure, Side } from '../attempt.js'
import { classifyAnswer } from './classify-error.js'
import { readErrorBody } from './error-body.js'
import type { ResponseHeaders } from '../s3/object-headers.js'

const ERROR_BODY_LIMIT_BYTES = 64 * 1024

/** An answer that is not the one hoped for, with as much of its body as a verdict needs. */
export class Refusal {
  readonly #status: number
  readonly #headers: ResponseHeaders
  readonly #chunks: Buffer[] = []
  #bytes = 0

  constructor(status: number, headers: ResponseHeaders) {
    this.#status = status
    this.#headers = headers
  }

  /** @param chunk valid only within the call */
  add(chunk: Buffer): void {
    if (this.#bytes < ERROR_BODY_LIMIT_BYTES) this.#chunks.push(Buffer.from(chunk))
    this.#bytes += chunk.length
  }

  judge(side: Side, request: string): AttemptFailure {
    const error = readErrorBody(Buffer.concat(this.#chunks).toString())
    return classifyAnswer(side, { ...error, status: this.#status, headers: this.#headers, request })
  }
}
