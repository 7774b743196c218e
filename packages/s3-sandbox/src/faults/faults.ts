import { matchesRequest } from '../log/request-match.js'
import type { RequestRecord } from '../log/request-record.js'
import { checkRule } from './check-rule.js'
import type { Fault, FaultAction, FaultRule } from './fault-rule.js'

/** An action that applies to a request, and the end of its stall. */
export interface AppliedFault {
  action: FaultAction
  /** Resolves when the rule is removed. */
  removed: Promise<void>
}

/** The active rules. All that match a request apply to it, in the order in which they were added. */
export class Faults {
  readonly #random: () => number
  readonly #rules = new Set<ActiveFault>()

  constructor(rules: readonly FaultRule[], random: () => number) {
    this.#random = random
    for (const rule of rules) this.add(rule)
  }

  /** @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` for an invalid rule */
  add(rule: FaultRule): Fault {
    checkRule(rule)
    const fault = new ActiveFault(rule, () => this.#rules.delete(fault))
    this.#rules.add(fault)
    return fault
  }

  /** Removes all rules. */
  clear(): void {
    for (const fault of this.#rules) fault.remove()
  }

  /** For the server: the actions that apply to this request. Counts. */
  apply(request: RequestRecord): readonly AppliedFault[] {
    if (this.#rules.size === 0) return NONE
    const applied: AppliedFault[] = []
    for (const fault of this.#rules) {
      if (!fault.hits(request, this.#random)) continue
      applied.push({ action: fault.rule.action, removed: fault.removed })
      request.faults.push(fault.rule.action.type)
    }
    return applied
  }
}

const NONE: readonly AppliedFault[] = []

class ActiveFault implements Fault {
  readonly rule: FaultRule
  readonly removed: Promise<void>
  matched = 0
  applied = 0
  readonly #onRemove: () => void
  #resolveRemoved: () => void = () => {}

  constructor(rule: FaultRule, onRemove: () => void) {
    this.rule = rule
    this.#onRemove = onRemove
    this.removed = new Promise((resolve) => (this.#resolveRemoved = resolve))
  }

  remove(): void {
    this.#onRemove()
    this.#resolveRemoved()
  }

  hits(request: RequestRecord, random: () => number): boolean {
    const { nth, after = 0, times, probability } = this.rule
    if (!matchesRequest(this.rule, request)) return false
    this.matched += 1
    if (nth !== undefined && !(typeof nth === 'number' ? nth === this.matched : nth.includes(this.matched)))
      return false
    if (this.matched <= after) return false
    if (times !== undefined && this.applied >= times) return false
    if (probability !== undefined && random() >= probability) return false
    this.applied += 1
    return true
  }
}
