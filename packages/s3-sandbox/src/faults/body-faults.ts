import type { FaultAction } from './fault-rule.js'
import type { AppliedFault } from './faults.js'

/** How a fault ends a body. `reset`: the connection is reset; `close`: it is closed cleanly; `end`: it stays open. */
type CutKind = 'reset' | 'close' | 'end'

/** The body is cut here. */
export class BodyCut extends Error {
  readonly how: CutKind

  constructor(how: CutKind) {
    super(`the body was cut by a fault (${how})`)
    this.how = how
  }
}

type BodyFault =
  | { at: number; kind: 'cut'; how: CutKind }
  | { at: number; kind: 'flip'; mask: number }
  | { at: number; kind: 'stall'; removed: Promise<void> }

/** The faults of a request's body, in order of position. */
export function requestBodyFaults(applied: readonly AppliedFault[]): readonly BodyFault[] {
  return bodyFaults(applied, ({ action, removed }) => {
    if (action.type === 'reset-request') return { at: action.atByte, kind: 'cut', how: 'reset' }
    if (action.type === 'flip' && action.side === 'request') return flip(action)
    if (action.type === 'stall' && action.side === 'request')
      return { at: position(action.atByte), kind: 'stall', removed }
    return null
  })
}

/** The faults of a response's body, in order of position. */
export function responseBodyFaults(applied: readonly AppliedFault[]): readonly BodyFault[] {
  return bodyFaults(applied, ({ action, removed }) => {
    if (action.type === 'reset-response' && typeof action.atByte === 'number') {
      return { at: action.atByte, kind: 'cut', how: 'reset' }
    }
    if (action.type === 'truncate') {
      return { at: action.atByte, kind: 'cut', how: action.contentLength === 'shortened' ? 'end' : 'close' }
    }
    if (action.type === 'flip' && (action.side ?? 'response') === 'response') return flip(action)
    if (action.type === 'stall' && action.side !== 'request' && typeof action.atByte === 'number') {
      return { at: action.atByte, kind: 'stall', removed }
    }
    return null
  })
}

/** The faults of the bytes that a server-side copy writes, in order of position. */
export function copyFaults(actions: readonly FaultAction[]): readonly BodyFault[] {
  const removed = Promise.resolve()
  return bodyFaults(
    actions.map((action) => ({ action, removed })),
    ({ action }) => (action.type === 'flip' && action.side === 'copy' ? flip(action) : null),
  )
}

/**
 * Passes a body on with its faults. A fault beyond its end never happens; a stall ends when its rule is removed or the exchange is over.
 *
 * @throws {BodyCut}
 */
export async function* withBodyFaults(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  faults: readonly BodyFault[],
  over: Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = 0
  let next = 0
  for await (const whole of body) {
    let chunk = whole
    while (next < faults.length && faults[next]!.at < offset + chunk.length) {
      const fault = faults[next++]!
      if (fault.kind === 'flip') {
        chunk = Buffer.from(chunk)
        chunk[fault.at - offset]! ^= fault.mask
        continue
      }
      const before = chunk.subarray(0, fault.at - offset)
      if (before.length > 0) yield before
      chunk = chunk.subarray(before.length)
      offset += before.length
      if (fault.kind === 'cut') throw new BodyCut(fault.how)
      await Promise.race([fault.removed, over])
    }
    offset += chunk.length
    if (chunk.length > 0) yield chunk
  }
  for (const fault of faults.slice(next)) {
    if (fault.at === offset && fault.kind === 'cut') throw new BodyCut(fault.how)
  }
}

function bodyFaults(
  applied: readonly AppliedFault[],
  select: (fault: AppliedFault) => BodyFault | null,
): readonly BodyFault[] {
  if (applied.length === 0) return NONE
  const found = applied.map(select).filter((fault) => fault !== null)
  return found.length < 2 ? found : found.sort((a, b) => a.at - b.at)
}

const NONE: readonly BodyFault[] = []

function flip(action: { atByte: number; mask?: number }): BodyFault {
  return { at: action.atByte, kind: 'flip', mask: action.mask ?? 1 }
}

function position(atByte: number | 'headers' | undefined): number {
  return typeof atByte === 'number' ? atByte : 0
}
