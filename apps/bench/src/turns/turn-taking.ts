import type { Controller, Decision, WindowSample } from '@lagoon/sync'

/** One turn of one contender; its settling is left out. */
export interface Turn {
  /** Index of the contender. */
  contender: number
  /** How often all had had their turn before. */
  cycle: number
  elapsedMs: number
  objects: number
  bytes: number
  throttled: number
  /** Integral of the number in flight over time, attempts × ms. */
  inFlightMs: number
  /** How long this contender had had turns before this one, ms. */
  agedMs: number
}

export interface TurnTakingOptions {
  /** Fixed numbers in flight, and control laws. */
  contenders: readonly (number | Controller)[]
  turnMs: number
  /** How long after a change of turns what is measured still belongs to both, ms. */
  settleMs: number
  /** Told of each turn as it ends. */
  onTurn: (turn: Turn) => void
}

/**
 * A control law that is others in turn. A law learns only from the windows of its own turns, as if nothing lay between them: its clock stands still
 * meanwhile. Whatever makes machine or stores slower for longer than a few turns hits all contenders alike, and so does whatever makes a process
 * faster than another: there is only one.
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

  /** The run begins anew, with nothing in flight: the turn in progress begins anew with it. */
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
      // A timer may fire a moment early.
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

  /** There and back, and then from one further on: what a turn leaves in flight, large objects above all, is not always for the same neighbour to finish. */
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
