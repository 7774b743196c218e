/** Gathers the messages of one turn of the event loop, so that it crosses over to the other thread as one message. */
export class MessageBatch<T> {
  readonly #post: (messages: T[]) => void
  #messages: T[] = []

  constructor(post: (messages: T[]) => void) {
    this.#post = post
  }

  put(item: T): void {
    if (this.#messages.push(item) === 1) setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    const messages = this.#messages
    this.#messages = []
    this.#post(messages)
  }
}
