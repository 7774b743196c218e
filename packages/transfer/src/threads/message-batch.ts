/** Gathers what is said within one turn of the event loop, so that it crosses over to the other thread as one message. */
export class MessageBatch<T> {
  readonly #post: (said: T[]) => void
  #said: T[] = []

  constructor(post: (said: T[]) => void) {
    this.#post = post
  }

  say(item: T): void {
    if (this.#said.push(item) === 1) setImmediate(this.#flush)
  }

  readonly #flush = (): void => {
    const said = this.#said
    this.#said = []
    this.#post(said)
  }
}
