import type { ControllerOptions } from '../options.js'
import { judgeDrain, judgeReach, LARGE, wentWithLimit } from './conclusions.js'
import { DrainSchedule } from './drain-schedule.js'
import type { Evidence } from './evidence.js'
import type { Model } from './model.js'
import { FEW, Reach, SOON_MS } from './reach.js'
import type { Reached } from './reach.js'
import { percent } from './wanted.js'
import type { Mark, Phase, Wanted } from './wanted.js'

type Kind = 'drain' | 'question' | 'probe'

/** What is under way, and the limit to return to. A reach keeps the measurement it began with. */
type Running = { back: number } & (
  { kind: Kind; before: Mark } | { kind: 'half' } | { kind: 'reach'; reach: Reach }
)

/**
 * Short changes of the limit that are made to learn the base time, and their schedule. A drain is due now and
 * then, as often as its cost in goodput is within the budget. A question, a deeper drain, is asked when the base
 * time is in doubt; where a limit is too small to be drained, a probe upwards asks the same.
 */
export class Experiments {
  /** When the next drain is due. */
  readonly drains: DrainSchedule
  readonly #model: Model
  readonly #smoothing: number
  #running: Running | null = null
  #sinceDoubtMs = 0
  #doubtEveryMs = 0
  #elastic = 0

  constructor(options: ControllerOptions, model: Model) {
    this.#model = model
    this.drains = new DrainSchedule(options.drainBudget)
    this.#smoothing = options.rttSmoothing
  }

  passed(elapsedMs: number): void {
    this.drains.passed(elapsedMs)
    this.#sinceDoubtMs += elapsedMs
  }

  /** The limit to return to when an experiment is broken off; null when none is running. */
  get back(): number | null {
    return this.#running?.back ?? null
  }

  /** How many base times a measurement under way may take to become precise. */
  get patience(): number {
    if (this.#running?.kind === 'question') return this.#model.company.likely ? 8 : 25
    return this.#running?.kind === 'drain' ? 5 : 8
  }

  /** Is it a reach, which is made of many short measurements? */
  get reaching(): boolean {
    return this.#running?.kind === 'reach'
  }

  /** Others must have time to notice a drain and to join it. */
  get lengthy(): boolean {
    return (
      (this.#running?.kind === 'drain' || this.#running?.kind === 'question') &&
      (this.#model.company.likely || this.drains.count < 5)
    )
  }

  /** Has a question been answered once, and must be asked again? */
  get halfAnswered(): boolean {
    return this.#elastic > 0
  }

  get mayDoubt(): boolean {
    return this.#sinceDoubtMs >= this.#doubtEveryMs
  }

  /** Breaks off what is running; it is not tried again at once. */
  cancel(): void {
    if (this.#running === null) return
    if (this.reaching) this.#model.softness.postpone()
    this.#running = null
    this.#sinceDoubtMs = 0
    this.drains.postpone()
  }

  drain(evidence: Evidence, limit: number): Wanted & { phase: Phase } {
    const served = evidence.rate * (this.#model.kneeMs ?? evidence.timeMs)
    this.#begin({ kind: 'drain', before: this.#model.mark(evidence, limit), back: limit })
    const to = Math.floor(Math.min(limit, served) * DRAIN_TO)
    return { limit: to, phase: 'drain', reason: 'short drain to learn the base time' }
  }

  /** Did a smaller limit cost goodput, or nothing but a queue? `back` is the limit for the first answer. */
  question(evidence: Evidence, limit: number, back: number): Wanted & { phase: Phase } {
    if (limit >= 5) {
      this.#begin({ kind: 'question', before: this.#model.mark(evidence, limit), back })
      const to = Math.floor(limit * QUESTION_TO)
      return { limit: to, phase: 'drain', reason: 'deep drain: is it a queue or a longer path?' }
    }
    this.#begin({ kind: 'probe', before: this.#model.mark(evidence, limit), back: limit })
    const to = Math.max(2 * limit, Math.min(back, 8))
    return { limit: to, phase: 'probe', reason: 'probe: is it a queue or a longer path?' }
  }

  /** Does more in flight still gain goodput? */
  reach(evidence: Evidence, limit: number): Wanted & { phase: Phase } {
    const reach = new Reach(limit, evidence, this.#model.noise.error(evidence))
    this.#begin({ kind: 'reach', reach, back: limit })
    return { limit: reach.high, phase: 'probe', reason: REACHING }
  }

  /** Are all of the least worth it, or is half of them as good? A reach from half of them tells. Where the limit is below the least already, it is of that. */
  halve(limit: number): Wanted & { phase: Phase } {
    const { softness } = this.#model
    softness.least = Math.min(softness.least, limit)
    this.#begin({ kind: 'half', back: limit })
    return { limit: Math.ceil(limit / 2), phase: 'probe', reason: 'half as many: are they as good?' }
  }

  /** Ends the experiment with what was measured under its limit. */
  conclude(
    evidence: Evidence,
    limit: number,
    bound: boolean,
  ): Wanted & { floor: number | null; phase?: Phase } {
    const running = this.#running
    if (running === null) return { limit, floor: null, reason: 'nothing to conclude' }
    if (running.kind === 'reach')
      return { ...this.#reaching(running.reach, evidence, limit, bound), floor: null }
    if (running.kind === 'half') {
      const reach = new Reach(limit, evidence, this.#model.noise.error(evidence), running.back)
      this.#running = { kind: 'reach', reach, back: running.back }
      return { limit: reach.high, floor: null, phase: 'probe', reason: REACHING }
    }
    this.#running = null
    if (running.kind === 'drain') return { ...this.#drained(evidence, limit, running.before), floor: null }
    if (running.kind === 'question') return this.#answered(evidence, running.before, running.back)
    return { ...this.#probed(evidence, limit, running.before), floor: null }
  }

  #begin(running: Running): void {
    this.#running = running
    this.#model.company.forgetUsual()
  }

  #drained(evidence: Evidence, limit: number, before: Mark): Wanted {
    this.drains.ended(evidence.elapsedMs, 1 - DRAIN_TO)
    if (limit >= before.limit) return { limit: before.limit, reason: 'drain ends' }
    const cautious = this.#model.company.likely && this.drains.count > 2
    const result = judgeDrain(this.#model, evidence, limit, before, cautious ? this.#smoothing : null)
    if (result.raised) this.drains.next(10_000)
    const least = Math.min(before.limit, this.#model.leastAt(before.timeMs))
    if (!result.stillWaiting || this.#model.soft || limit < least)
      return { limit: Math.max(least, before.limit * result.factor), reason: 'drain ends' }
    this.drains.next(0)
    if (evidence.timeMs < SOON_MS) this.#model.softness.hurry()
    return { limit, reason: 'drain: attempts still waited' }
  }

  #answered(evidence: Evidence, before: Mark, back: number): Wanted & { floor: number | null } {
    const base = this.#model.base
    this.#sinceDoubtMs = 0
    const fell = evidence.timeMs / before.timeMs
    if (fell <= ELASTIC) return { ...this.#queueAfterAll(before.limit), floor: null }
    this.#doubtEveryMs = 0
    this.#elastic += 1
    // Where others share, their queue stays while we drain, which looks like a longer path: ask twice.
    if (this.#model.company.likely && this.#elastic < 2) this.#doubtEveryMs = 4000
    else {
      const twice = this.#elastic >= 2
      this.#elastic = 0
      base.raise(evidence.timeMs, twice || fell > 0.96 ? 1 : 0.5)
    }
    const to = Math.min(back, Math.max(before.limit, this.#model.cap))
    return { limit: to, floor: to * 0.6, reason: 'fewer in flight gained nothing: the path takes longer' }
  }

  #probed(evidence: Evidence, limit: number, before: Mark): Wanted {
    const base = this.#model.base
    this.#sinceDoubtMs = 0
    this.drains.postpone()
    const most = this.#model.company.likely ? 0.12 : 0.2
    if (wentWithLimit(before, { limit, timeMs: evidence.timeMs }) >= most)
      return this.#queueAfterAll(before.limit)
    this.#doubtEveryMs = 0
    base.raise(before.timeMs, 1)
    return { limit, reason: 'more in flight gained as much: the path takes longer' }
  }

  #reaching(reach: Reach, evidence: Evidence, limit: number, bound: boolean): Wanted & { phase?: Phase } {
    const { low, high } = reach
    if (!bound || reach.changed(evidence)) {
      const { back } = this
      this.cancel()
      return {
        limit: back ?? low,
        reason: bound ? 'the backend changed meanwhile' : 'too little work to reach higher',
      }
    }
    const reached = reach.take(evidence, this.#model.noise.error(evidence))
    if (reached === null) return { limit: limit === low ? high : low, phase: 'probe', reason: REACHING }
    const halving = this.back === high
    this.#running = null
    return halving ? this.#halved(reached, reach) : this.#reached(reached, reach)
  }

  #reached(reached: Reached, reach: Reach): Wanted {
    const { base, company, softness } = this.#model
    const { low, gain, error } = reached
    const verdict = judgeReach(reached, company.alone)
    if (verdict === 'free') {
      softness.forget()
      base.raise(reach.stay(false).timeMs, 1)
      return { limit: reach.high, reason: 'twice as many gained as much: the path takes longer' }
    }
    if (verdict === 'shared') this.#model.revealed()
    if (verdict === 'perhaps shared') softness.postpone()
    if (verdict !== null) return { limit: low, reason: 'twice as many gained what others may have lost' }
    this.#model.learnThrash(1 - gain)
    // Of many in flight, and of a large gain, others may pay for a part.
    const above = reach.stay(low > FEW || gain > LARGE)
    const worth = softness.learn(reached, above)
    const reason = `twice as many gained ${percent(gain)} (± ${percent(error)}) of that`
    return { limit: worth ? above.limit : low, reason }
  }

  #halved(reached: Reached, reach: Reach): Wanted {
    const { base, company, softness } = this.#model
    const { gain, error, worth, elapsedMs } = reached
    const all = reach.stay(false)
    const gains = gain > worth / 2
    const reason = `the other half gained ${percent(gain)} (± ${percent(error)}) of that`
    const verdict = judgeReach(reached, company.alone)
    if (verdict === 'free') base.raise(all.timeMs, 1)
    if (verdict === 'shared') this.#model.revealed()
    if (verdict === 'perhaps shared' && gain - error > LARGE) softness.release()
    else if (verdict === null) {
      softness.halved(gains, elapsedMs)
      if (gains) softness.learn(reached, all)
    }
    return { limit: gains ? all.limit : reach.low, reason }
  }

  #queueAfterAll(limit: number): Wanted {
    this.#elastic = 0
    this.#doubtEveryMs = Math.min(120_000, Math.max(8000, this.#doubtEveryMs * 2))
    return { limit, reason: 'it is a queue' }
  }
}

const REACHING = 'reaching higher: does it gain goodput?'
const DRAIN_TO = 0.5
const QUESTION_TO = 0.35
/** A time that stays above this share of the one before, while the limit fell to a third, was no queue of ours. */
const ELASTIC = 0.92
