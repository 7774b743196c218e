import { combine, shares } from '../many-senders.js'
import type { SimulatedController } from './scenario.js'

/** What a controller is given: a window. */
type Sample = Parameters<SimulatedController['update']>[0]

/** Senders that use less than this part of their share have too little work for it. */
const USED = 0.9
/** What such a sender may need more than it used, so that work that grows shows. */
const MARGIN = 1.25

/**
 * One controller for many instances: once each has reported a window, the sum of all is what the controller decides on, and its limit is
 * divided by demand. Returns what makes the controller of one instance after the other.
 */
export function conducted(createController: () => SimulatedController): () => SimulatedController {
  const controller = createController()
  const members: Member[] = []
  const divide = (): void => {
    const parts = shares(
      controller.limit,
      members.map((member) => member.demand),
    )
    members.forEach((member, index) => (member.limit = parts[index] ?? 0))
  }
  const reported = (): { action: 'increase' | 'decrease' | 'hold'; reason: string } => {
    const samples = members.flatMap(({ sample }) => (sample === null ? [] : [sample]))
    if (samples.length < members.length) return { action: 'hold', reason: 'waiting for the others' }
    const { action, reason } = controller.update(combine(samples))
    divide()
    for (const member of members) member.sample = null
    return { action, reason }
  }
  return () => {
    const member = new Member(() => controller.intervalMs, reported)
    members.push(member)
    divide()
    return member
  }
}

/** One instance: it reports its windows and receives its share. */
class Member implements SimulatedController {
  limit = 0
  demand = Infinity
  sample: Sample | null = null
  readonly #intervalMs: () => number
  readonly #reported: () => ReturnType<SimulatedController['update']>

  constructor(intervalMs: () => number, reported: () => ReturnType<SimulatedController['update']>) {
    this.#intervalMs = intervalMs
    this.#reported = reported
  }

  get intervalMs(): number {
    return this.#intervalMs()
  }

  update(sample: Sample): ReturnType<SimulatedController['update']> {
    this.sample = this.sample === null ? sample : joined(this.sample, sample)
    this.demand = sample.inFlight < USED * this.limit ? Math.ceil(sample.inFlight * MARGIN) : Infinity
    return this.#reported()
  }
}

/** Two windows of one sender, one after the other, as one. */
function joined(first: Sample, second: Sample): Sample {
  const elapsedMs = first.elapsedMs + second.elapsedMs
  const inFlight = (first.inFlight * first.elapsedMs + second.inFlight * second.elapsedMs) / elapsedMs
  return { ...combine([first, second]), elapsedMs, inFlight }
}
