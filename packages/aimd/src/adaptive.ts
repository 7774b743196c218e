import { createController } from './controller.js'
import type { Controller } from './controller.js'
import { limit } from './limit.js'
import type { Limited } from './limit.js'
import type { ControllerOptions } from './options.js'
import { createGate } from './permits.js'
import type { Gate } from './permits.js'
import { AimdError } from './errors.js'
import { callEnds, WindowMeter } from './window-meter.js'
import type { CallEnd } from './window-meter.js'

/** What a call came to: the value it resolved with, or the error it threw. */
export type CallOutcome<R> = { readonly value: R } | { readonly error: unknown }

export interface AdaptiveOptions<R> extends Partial<ControllerOptions> {
  /**
   * Tells how a call ended. Default: a value or an error whose `status`, `statusCode` or `$metadata.httpStatusCode` is 429 or 503 was
   * throttled, an `AbortError` is ignored, any other error failed, any other value succeeded. If it throws, the call rejects with that.
   */
  readonly classify?: (outcome: CallOutcome<R>) => CallEnd
}

/** The function given to `adaptive`, with the gate it goes through and the controller that moves it. */
export type Adaptive<A extends unknown[], R> = Limited<A, R> & { readonly controller: Controller }

/**
 * Wraps a function so that as many of its calls run at once as are worth having: a controller of its own measures them and moves the
 * limit. Calls start in the order they were made. Takes the options of `createController`, and throws as it does for impossible ones.
 * Nothing runs between calls: the timer that ends the windows lives while calls do, and never keeps the process alive.
 */
export function adaptive<A extends unknown[], R>(
  fn: (...args: A) => R | PromiseLike<R>,
  { classify = usualEnd, ...options }: AdaptiveOptions<R> = {},
): Adaptive<A, R> {
  const controller = createController(options)
  const gate = createGate(controller.limit)
  const windows = new Windows(controller, gate)
  const measured = async (...args: A): Promise<R> => {
    const beganMs = windows.began()
    let end: CallEnd = 'failed'
    try {
      const outcome = await outcomeOf(async () => fn(...args))
      end = checked(classify(outcome))
      if ('error' in outcome) throw outcome.error
      return outcome.value
    } finally {
      windows.ended(end, beganMs)
    }
  }
  return Object.assign(limit(measured, gate), { controller })
}

/** Ends one window after the other while calls are running. */
class Windows {
  readonly #meter = new WindowMeter(() => performance.now())
  readonly #controller: Controller
  readonly #gate: Gate
  #timer: NodeJS.Timeout | null = null

  constructor(controller: Controller, gate: Gate) {
    this.#controller = controller
    this.#gate = gate
  }

  began(): number {
    if (this.#timer === null) {
      this.#meter.close()
      this.#schedule()
    }
    return this.#meter.began()
  }

  ended(end: CallEnd, beganMs: number): void {
    this.#meter.ended(end, beganMs)
  }

  #schedule(): void {
    this.#timer = setTimeout(() => this.#close(), this.#controller.intervalMs)
    this.#timer.unref()
  }

  #close(): void {
    this.#gate.resize(this.#controller.update(this.#meter.close()).limit)
    if (this.#meter.inFlight > 0 || this.#gate.waiting > 0) this.#schedule()
    else this.#timer = null
  }
}

async function outcomeOf<R>(call: () => Promise<R>): Promise<CallOutcome<R>> {
  try {
    return { value: await call() }
  } catch (error) {
    return { error }
  }
}

function checked(end: CallEnd): CallEnd {
  if (callEnds.includes(end)) return end
  const message = `classify returned ${JSON.stringify(end)}, but must return one of ${callEnds.join(', ')}`
  throw new AimdError(
    'LAGOON_AIMD_INVALID_OPTION',
    message,
    'Leave classify out for the default, or see its description.',
  )
}

const THROTTLED = new Set<unknown>([429, 503])

interface Answer {
  name?: unknown
  status?: unknown
  statusCode?: unknown
  $metadata?: { httpStatusCode?: unknown }
}

function usualEnd(outcome: CallOutcome<unknown>): CallEnd {
  const answer: Answer = ('error' in outcome ? outcome.error : outcome.value) ?? {}
  if (THROTTLED.has(answer.status ?? answer.statusCode ?? answer.$metadata?.httpStatusCode))
    return 'throttled'
  if (!('error' in outcome)) return 'succeeded'
  return answer.name === 'AbortError' ? 'ignored' : 'failed'
}
