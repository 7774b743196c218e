import type { Consumer, ConsumerMessages, JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { QueueCounts, WorkMessage, WorkQueue } from '../ports.js'
import { translateError } from './errors.js'
import { CONSUMER, itemSubject, queueStream } from './names.js'

/** Shortest wait of a pull that the server accepts. */
const MIN_WAIT_MS = 1000

/** The work queue of one job: a work-queue stream and its durable consumer. */
export class NatsQueue implements WorkQueue {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager
  readonly #job: string
  readonly #consumer: Consumer
  readonly #denied: (subject: string) => Error | undefined

  /** @param denied the server's refusal of a message without a response, such as a pull */
  constructor(
    js: JetStreamClient,
    jsm: JetStreamManager,
    job: string,
    consumer: Consumer,
    denied: (subject: string) => Error | undefined,
  ) {
    this.#js = js
    this.#jsm = jsm
    this.#job = job
    this.#consumer = consumer
    this.#denied = denied
  }

  async publish(data: Uint8Array, { id }: { id?: string } = {}): Promise<void> {
    try {
      await this.#js.publish(itemSubject(this.#job), data, id === undefined ? {} : { msgID: id })
    } catch (error) {
      throw translateError(error, 'publish an item')
    }
  }

  async next({ waitMs, signal }: { waitMs: number; signal?: AbortSignal }): Promise<WorkMessage | null> {
    const left = (): boolean => signal?.aborted === true
    if (left()) return null
    let pull: ConsumerMessages | undefined
    // The server drops a pull whose subscription has ended, so it delivers nothing to a worker that left.
    const stop = (): void => void pull?.close().catch(() => undefined)
    try {
      // Whole seconds: the client requests heartbeats at half the time, and the server accepts whole nanoseconds only.
      const expires = Math.max(MIN_WAIT_MS, Math.ceil(waitMs / 1000) * 1000)
      pull = await this.#consumer.fetch({ max_messages: 1, expires })
      // If it is closed before it is iterated, it ends only once it is iterated.
      if (left()) stop()
      signal?.addEventListener('abort', stop)
      for await (const message of pull) {
        if (!left()) return new NatsMessage(message)
        message.nak()
      }
      const denied = this.#denied(`$JS.API.CONSUMER.MSG.NEXT.${queueStream(this.#job)}.${CONSUMER}`)
      if (denied !== undefined) throw denied
      return null
    } catch (error) {
      if (isPause(error)) return null
      throw translateError(error, 'pull an item')
    } finally {
      signal?.removeEventListener('abort', stop)
    }
  }

  async counts(): Promise<QueueCounts> {
    try {
      const [stream, consumer] = await Promise.all([
        this.#jsm.streams.info(queueStream(this.#job)),
        this.#jsm.consumers.info(queueStream(this.#job), CONSUMER),
      ])
      return {
        messages: stream.state.messages,
        pending: consumer.num_pending,
        unacknowledged: consumer.num_ack_pending,
        pulls: consumer.num_waiting,
      }
    } catch (error) {
      throw translateError(error, 'count the items that wait')
    }
  }
}

/** Missed heartbeats, or more pulls than the server keeps: nothing arrived, and nothing else is wrong. */
function isPause(error: unknown): boolean {
  return /heartbeats missed|exceeded max ?waiting/i.test((error as Error).message)
}

class NatsMessage implements WorkMessage {
  readonly #message: JsMsg

  constructor(message: JsMsg) {
    this.#message = message
  }

  get data(): Uint8Array {
    return this.#message.data
  }

  get deliveries(): number {
    return this.#message.info.deliveryCount
  }

  extend(): void {
    this.#message.working()
  }

  async ack(): Promise<void> {
    try {
      if (!(await this.#message.ackAck())) throw new Error('timeout')
    } catch (error) {
      throw translateError(error, 'acknowledge an item')
    }
  }

  nak(delayMs = 0): void {
    this.#message.nak(delayMs > 0 ? delayMs : undefined)
  }
}
