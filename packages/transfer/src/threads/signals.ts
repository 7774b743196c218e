import { abortGroup, type Abortable } from '../s3/abort-group.js'
import { NO_SIGNAL, type ToThread } from './messages.js'

interface KnownSignal extends Abortable {
  number: number
  uses: number
}

/**
 * The signals that a thread knows, by number, as the main thread sees them. A signal is known as long as something uses it; a run has
 * thousands of attempts and one signal, so hardly any of these messages are sent.
 */
export class SentSignals {
  readonly #put: (item: ToThread) => void
  readonly #known = new Map<AbortSignal, KnownSignal>()
  #last = NO_SIGNAL

  constructor(put: (item: ToThread) => void) {
    this.#put = put
  }

  /** The number of a signal for one more use of it. */
  use(signal: AbortSignal | undefined): number {
    if (signal === undefined) return NO_SIGNAL
    const known = this.#known.get(signal)
    if (known !== undefined) {
      known.uses += 1
      return known.number
    }
    const number = ++this.#last
    const sent = { groupIndex: -1, number, uses: 1, abort: () => this.#put(['abort', number]) }
    this.#known.set(signal, sent)
    if (signal.aborted) sent.abort()
    else abortGroup(signal).add(sent)
    return number
  }

  /** Ends one use. */
  release(signal: AbortSignal | undefined): void {
    if (signal === undefined) return
    const known = this.#known.get(signal)!
    known.uses -= 1
    if (known.uses > 0) return
    abortGroup(signal).delete(known)
    this.#known.delete(signal)
    this.#put(['forget', known.number])
  }
}

/** The other end of {@link SentSignals}: signals of this thread that follow those of the main thread. */
export class ReceivedSignals {
  readonly #controllers = new Map<number, AbortController>()

  get(number: number): AbortSignal | undefined {
    return number === NO_SIGNAL ? undefined : this.#controllerOf(number).signal
  }

  /** May be the first message about a signal. */
  abort(number: number): void {
    this.#controllerOf(number).abort()
  }

  forget(number: number): void {
    this.#controllers.delete(number)
  }

  #controllerOf(number: number): AbortController {
    let controller = this.#controllers.get(number)
    if (controller === undefined) this.#controllers.set(number, (controller = new AbortController()))
    return controller
  }
}
