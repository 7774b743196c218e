import type { Controller, Decision, WindowSample } from '@lagoon/sync'

/** One turn of one contender, without its settling time. */
export interface Turn {
  /** Index of the contender. */
  contender: number
  /** Number of completed cycles before this turn. */
  cycle: number
  elapsedMs: number
  objects: number
  bytes: number
  throttled: number
  /** Integral of the number in flight over time, attempts × ms. */
  inFlightMs: number
  /** Total duration of this contender's earlier turns, ms. */
  agedMs: number
}

interface TurnTakingOptions {
  /** Fixed concurrencies, and control laws. */
  contenders: readonly (number | Controller)[]
  turnMs: number
  /** How long after a change of turns a measurement still belongs to both, ms. */
  settleMs: number
  /** Called at the end of each turn. */
  onTurn: (turn: Turn) => void
}

/**
 * A control law that alternates between others. A law learns only from the windows of its own turns, as if they were consecutive: its clock
 * stops in between. Whatever slows the machine or the stores for longer than a few turns affects all contenders equally, and differences
 * between processes do not matter: there is only one.
 */
export class TurnTaking implements Controller {
  readonly #options: TurnTakingOptions
  readonly #agedMs: number[]
  #cycle = 0
  #position = 0
  #unsettledMs: number
  #turn: Turn

  constructor(options: TurnTakingOptions) {
    this.#options = options
    this.#agedMs = options.contenders.map(() => 0)
    this.#unsettledMs = options.settleMs
    this.#turn = this.#begin()
  }

  get limit(): number {
    const contender = this.#contender
    return typeof contender === 'number' ? contender : contender.limit
  }

  get intervalMs(): number {
    if (this.#unsettledMs > 0) return this.#unsettledMs
    const contender = this.#contender
    return typeof contender === 'number'
      ? Math.max(1, this.#options.turnMs - this.#turn.elapsedMs)
      : contender.intervalMs
  }

  update(sample: WindowSample): Decision {
    const previous = this.limit
    const decided = this.#take(sample)
    const { limit } = this
    const action = limit > previous ? 'increase' : limit < previous ? 'decrease' : 'hold'
    return { limit, previous, action, reason: decided ?? 'turns' }
  }

  /** The run starts over, with nothing in flight: the turn in progress starts over with it. */
  restart(settleMs: number): void {
    this.#unsettledMs = settleMs
    this.#turn = this.#begin()
  }

  /** Each contender has its own. */
  setBounds(): void {}

  get #contender(): number | Controller {
    return this.#options.contenders[this.#turn.contender]!
  }

  #take(sample: WindowSample): string | null {
    const { elapsedMs } = sample
    if (this.#unsettledMs > 0) {
      // A timer may fire slightly early.
      this.#unsettledMs = this.#unsettledMs - elapsedMs < 1 ? 0 : this.#unsettledMs - elapsedMs
      return null
    }
    const turn = this.#turn
    turn.elapsedMs += elapsedMs
    turn.objects += sample.succeeded
    turn.bytes += sample.bytes
    turn.throttled += sample.throttled
    turn.inFlightMs += sample.inFlight * elapsedMs
    const contender = this.#contender
    const reason = typeof contender === 'number' ? null : contender.update(sample).reason
    if (turn.elapsedMs >= this.#options.turnMs - 1) this.#end(turn)
    return reason
  }

  #end(turn: Turn): void {
    this.#agedMs[turn.contender]! += turn.elapsedMs
    this.#position += 1
    if (this.#position === this.#options.contenders.length) {
      this.#position = 0
      this.#cycle += 1
    }
    this.#unsettledMs = this.#options.settleMs
    this.#turn = this.#begin()
    this.#options.onTurn(turn)
  }

  /**
   * Forwards and backwards, then starting one contender further on, so that it is not always the same neighbour that finishes what a turn
   * leaves in flight, above all large objects.
   */
  #begin(): Turn {
    const { length } = this.#options.contenders
    const along = this.#cycle % 2 === 0 ? this.#position : length - 1 - this.#position
    const contender = (along + Math.floor(this.#cycle / 2)) % length
    const agedMs = this.#agedMs[contender]!
    return {
      contender,
      cycle: this.#cycle,
      elapsedMs: 0,
      objects: 0,
      bytes: 0,
      throttled: 0,
      inFlightMs: 0,
      agedMs,
    }
  }
}
