import { abortGroup } from '../s3/abort-group.js'
import type { Attempt, AttemptFailure, Side } from '../contract/attempt.js'
import { bothReady } from './inline.js'
import type { RelayContext } from './context.js'
import { byteCapWaitMs } from './byte-cap-wait.js'
import { DestinationHandler } from './destination-handler.js'
import type { EndpointRequest } from '../s3/endpoint.js'
import type { ExchangeControl, ExchangeHandler } from '../http1/exchange.js'
import { GatheredBody } from './gathered-body.js'
import { abortedFailure, transportFailure, UNCONFIRMED } from '../failures/make-failure.js'
import { confirmMissing } from '../s3/confirm-missing.js'
import { Refusal } from '../s3/refusal.js'
import { RelayBody } from './body.js'
import { judgePut, writtenEtag, wrongLength } from './relay-failures.js'
import type { ResponseHeaders } from '../protocol/response-headers.js'

const DRAIN_LIMIT_BYTES = 256 * 1024

/**
 * One GET whose body becomes the body of one PUT, without a stream between. Subclasses say what is asked and what the answers must be.
 *
 * 1. The promise settles exactly once, and by then neither request is running: it has ended or its connection is destroyed. (A small
 *    body that nobody wants may still be arriving.)
 * 2. The PUT's length is declared from the GET's headers and the GET is never read past an error, so a body that ends short
 *    never ends a PUT well.
 * 3. A lent buffer goes back for reuse only when the store's answer proves that it has read every byte.
 */
export abstract class Relay<T> implements ExchangeHandler {
  protected readonly context: RelayContext
  /** Time to the first byte of the source's answer, in milliseconds. */
  protected ttfbMs = 0
  /** Bytes of a body that {@link acceptSource} does not want. */
  protected unwantedBytes = Infinity
  /** Hashes that see every byte of the body as it passes. */
  protected readonly watchers: { update(chunk: Uint8Array): unknown }[] = []
  groupIndex = -1
  #resolve!: (attempt: Attempt<T>) => void
  #signal: AbortSignal | undefined
  #startedAt = 0
  #settled = false
  #sourceDone = true
  #destinationDone = true
  #sourceControl: ExchangeControl | null = null
  #destinationControl: ExchangeControl | null = null
  #sizeBytes = -1
  #received = 0
  #sendAfterMs = 0
  #refused: Refusal | null = null
  #body: GatheredBody | RelayBody | null = null

  constructor(context: RelayContext) {
    this.context = context
  }

  /** The GET. */
  protected abstract sourceRequest(): EndpointRequest
  /**
   * Judges the headers of a 2xx answer to the GET. Returns the number of body bytes to expect; a failure; or null
   * after calling {@link settle}, if no body is wanted.
   */
  protected abstract acceptSource(status: number, headers: ResponseHeaders): number | AttemptFailure | null
  /** The PUT, without its body. `whole` has all bytes, if they were gathered. Null after {@link settle}, if there is nothing to send. */
  protected abstract destinationRequest(whole: Buffer | null): EndpointRequest | null
  /** Judges the 2xx answer to the PUT by its ETag, without quotes, and its headers. `readWhole` says whether the answer proves that the store has read every byte. */
  protected abstract finish(
    etag: string,
    headers: ResponseHeaders,
  ): { attempt: Attempt<T>; readWhole: boolean }
  /** What is done at a side, for messages: `GET key`. */
  protected abstract describe(side: Side): string

  /** A status from 300 up that is a good answer: true after calling {@link settle}. */
  protected acceptRefusal(_status: number, _headers: ResponseHeaders): boolean {
    return false
  }

  /** The signal that the attempt was started with. */
  protected get signal(): AbortSignal | undefined {
    return this.#signal
  }

  start(signal: AbortSignal | undefined): Promise<Attempt<T>> {
    return new Promise((resolve) => {
      this.#resolve = resolve
      if (signal !== undefined) {
        if (signal.aborted) return this.abort()
        this.#signal = signal
        abortGroup(signal).add(this)
      }
      const ready = bothReady(this.context.source, this.context.destination)
      if (ready === null) return this.#sendSource()
      void this.#startWhen(ready)
    })
  }

  async #startWhen(ready: NonNullable<ReturnType<typeof bothReady>>): Promise<void> {
    const missing = await ready
    if (missing === null) this.#sendSource()
    else this.fail(transportFailure(this.context[missing.side], 'credentials', missing.error))
  }

  abort(): void {
    this.fail(abortedFailure('source'))
  }

  protected fail(failure: AttemptFailure): void {
    if (this.#settled) return
    this.settle({ ok: false, failure: this.refine(failure) }, false)
  }

  /** A subclass may know better what a failure means. */
  protected refine(failure: AttemptFailure): AttemptFailure {
    return failure
  }

  protected settle(attempt: Attempt<T>, readWhole: boolean): void {
    this.#settled = true
    if (this.#signal !== undefined) abortGroup(this.#signal).delete(this)
    // A GET of which all bytes are here is about to end. A small body that nobody wants is read to its end: cheaper than a new connection.
    const ending = this.#received === this.#sizeBytes || this.unwantedBytes <= DRAIN_LIMIT_BYTES
    if (!this.#sourceDone && !(attempt.ok && ending))
      this.#sourceControl?.abort(new Error('the attempt has ended'))
    if (!this.#destinationDone) this.#destinationControl?.abort(new Error('the attempt has ended'))
    this.#body?.stop()
    if (readWhole) this.#body?.written()
    this.#resolve(attempt)
  }

  #sendSource(): void {
    if (this.#settled) return
    this.#sourceDone = false
    this.context.source.send(this.sourceRequest(), this)
  }

  onRequestStart(control: ExchangeControl): void {
    this.#sourceControl = control
    this.#startedAt = performance.now()
    if (this.#settled) control.abort(new Error('the attempt has ended'))
  }

  onResponseStart(control: ExchangeControl, status: number, headers: ResponseHeaders): void {
    if (this.#settled) return
    this.ttfbMs = performance.now() - this.#startedAt
    if (status >= 300) {
      if (!this.acceptRefusal(status, headers))
        this.#refused = new Refusal(this.context.source, 'GET', status, headers, () => this.#refuse())
      return
    }
    const accepted = this.acceptSource(status, headers)
    if (accepted === null) return
    if (typeof accepted !== 'number') return this.fail(accepted)
    this.#sizeBytes = accepted
    this.#body = GatheredBody.of(control, this.context.buffers, accepted)
    if (this.#body !== null) return
    this.#body = new RelayBody(control, this.context.buffers, accepted)
    control.pause()
    this.#sendDestination(null)
  }

  /** The chunk is valid only within this call: see `ExchangeHandler`. */
  onResponseData(control: ExchangeControl, chunk: Buffer): void {
    if (this.#settled) return
    if (this.#refused !== null) return this.#refused.add(control, chunk)
    this.#received += chunk.length
    if (this.#received > this.#sizeBytes) return this.#failForLength()
    for (const watcher of this.watchers) watcher.update(chunk)
    const whole = this.#received === this.#sizeBytes
    const waitMs = byteCapWaitMs(this.context, chunk.length)
    // The last bytes of a gathered body are here, and wait before they are sent.
    if (whole) this.#sendAfterMs = waitMs
    else if (waitMs > 0) this.#body!.hold(waitMs)
    this.#body!.push(chunk)
    // Not only when the GET has ended: the PUT may be answered before that is noticed.
    if (whole) this.#body!.end()
  }

  #failForLength(): void {
    this.fail(wrongLength(this.describe('source'), this.#received, this.#sizeBytes))
  }

  onResponseEnd(): void {
    this.#sourceDone = true
    if (this.#settled) return
    if (this.#refused !== null) return this.#refuse()
    if (this.#received !== this.#sizeBytes) return this.#failForLength()
    const { whole } = this.#body!
    if (whole === null) return
    if (this.#sendAfterMs === 0) this.#sendDestination(whole)
    else setTimeout(() => this.#settled || this.#sendDestination(whole), this.#sendAfterMs)
  }

  #refuse(): void {
    const failure = this.#refused!.judge(this.describe('source'))
    if (failure.code !== UNCONFIRMED) return this.fail(failure)
    const { path, query } = this.sourceRequest()
    confirmMissing(this.context.source, { path, query }, failure, this.#signal).then(
      (confirmed) => this.fail(confirmed),
      () => this.fail(failure),
    )
  }

  onResponseError(error: Error): void {
    this.#sourceDone = true
    this.#refused?.stop()
    if (this.#settled) return
    this.fail(transportFailure(this.context.source, this.describe('source'), error))
  }

  /** What has to be known before the PUT; null if nothing is. A failure ends the attempt. */
  protected prepareDestination(_whole: Buffer | null): Promise<AttemptFailure | null> | null {
    return null
  }

  #sendDestination(whole: Buffer | null): void {
    const prepared = this.prepareDestination(whole)
    if (prepared === null) return this.#dispatchDestination(whole)
    prepared.then(
      (failure) => (failure === null ? this.#dispatchDestination(whole) : this.fail(failure)),
      (error: unknown) => this.fail(transportFailure(this.context.source, this.describe('source'), error)),
    )
  }

  #dispatchDestination(whole: Buffer | null): void {
    if (this.#settled) return
    const request = this.destinationRequest(whole)
    if (request === null) return
    request.headers.push('content-length', String(this.#sizeBytes))
    request.body = whole ?? (this.#body as RelayBody)
    request.headroomBytes = this.#body!.headroomBytes
    this.#destinationDone = false
    this.context.destination.send(request, new DestinationHandler(this, this.context.destination))
  }

  /** @internal The PUT has a connection. */
  destinationStarted(control: ExchangeControl): void {
    this.#destinationControl = control
    if (this.#settled) control.abort(new Error('the attempt has ended'))
  }

  /** @internal The PUT was answered to the end. */
  destinationEnded(status: number, headers: ResponseHeaders, refused: Refusal | null): void {
    this.#destinationDone = true
    if (this.#settled) return
    const wasSent = this.#received === this.#sizeBytes
    const etag = writtenEtag(headers, this.#sizeBytes)
    const failure = judgePut(this.describe('destination'), { status, etag, refused, wasSent })
    if (etag === null || failure !== null) return this.fail(failure!)
    const { attempt, readWhole } = this.finish(etag, headers)
    this.settle(attempt, readWhole)
  }

  /** @internal The PUT's connection failed. */
  destinationFailed(error: Error): void {
    this.#destinationDone = true
    if (this.#settled) return
    this.fail(transportFailure(this.context.destination, this.describe('destination'), error))
  }
}
