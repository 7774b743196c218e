import { setTimeout as delay } from 'node:timers/promises'
import { S3Error } from '../s3/s3-error.js'
import { Line, LINE_CHUNK_BYTES } from './bandwidth.js'
import { Semaphore } from './semaphore.js'
import { checkShape, drawMs, type Shape } from './shape.js'
import { TokenBucket } from './token-bucket.js'

/** Makes a server behave like its shape, which may change at any time. */
export class Shaper {
  readonly #random: () => number
  #shape: Shape = {}
  #slots: Semaphore | null = null
  #wall: TokenBucket | null = null
  #received: Line | null = null
  #sent: Line | null = null

  constructor(shape: Shape, random: () => number) {
    this.#random = random
    this.set(shape)
  }

  get shape(): Shape {
    return this.#shape
  }

  /** Requests that are waiting for a place. */
  get waiting(): number {
    return this.#slots?.waiting ?? 0
  }

  /** Takes effect immediately, also for requests in progress. @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` */
  set(shape: Shape): void {
    this.#shape = checkShape(shape)
    const { knee, rateWall, bandwidth } = shape
    const concurrency = knee?.concurrency ?? Number.POSITIVE_INFINITY
    if (this.#slots !== null) this.#slots.resize(concurrency)
    else if (knee !== undefined) this.#slots = new Semaphore(concurrency)
    this.#wall = wallOf(rateWall)
    this.#received = lineOf(bandwidth?.receivedBytesPerSecond)
    this.#sent = lineOf(bandwidth?.sentBytesPerSecond)
  }

  /**
   * Admits a request when its time has come. The returned function is called when the request was answered; null if there is nothing to
   * call.
   *
   * @throws {S3Error} `SlowDown` above the rate
   */
  admit(): Promise<(() => void) | null> | null {
    if (this.#wall?.take(performance.now()) === false) throw new S3Error('SlowDown')
    if (this.#shape.latencyMs === undefined && this.#slots === null) return null
    return this.#acquire()
  }

  async #acquire(): Promise<(() => void) | null> {
    const { latencyMs } = this.#shape
    if (latencyMs !== undefined) await delay(drawMs(latencyMs, this.#random))
    const slots = this.#slots
    if (slots === null) return null
    await slots.acquire()
    const serviceMs = this.#shape.knee?.serviceMs
    if (serviceMs !== undefined) await delay(drawMs(serviceMs, this.#random))
    return () => slots.release()
  }

  /** Passes on a request's body at the line's speed. */
  receive(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    return this.#received === null ? body : shaped(body, () => this.#received)
  }

  /** Passes on a response's body at the line's speed; null if it needs no shaping. */
  send(body: () => AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> | null {
    return this.#sent === null ? null : shaped(body(), () => this.#sent)
  }
}

async function* shaped(
  body: AsyncIterable<Uint8Array>,
  line: () => Line | null,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const whole of body) {
    for (let start = 0; start < whole.length; start += LINE_CHUNK_BYTES) {
      const chunk = whole.subarray(start, start + LINE_CHUNK_BYTES)
      const waitMs = line()?.reserve(chunk.length, performance.now()) ?? 0
      // Timers have a resolution of a millisecond: shorter waits are added up.
      if (waitMs >= 1) await delay(waitMs)
      yield chunk
    }
  }
}

function wallOf(wall: Shape['rateWall']): TokenBucket | null {
  if (wall === undefined) return null
  const { requestsPerSecond, burst = Math.max(1, requestsPerSecond / 10) } = wall
  return new TokenBucket(requestsPerSecond, Math.max(1, burst), performance.now())
}

function lineOf(bytesPerSecond: number | undefined): Line | null {
  return bytesPerSecond === undefined ? null : new Line(bytesPerSecond)
}
