import { parseEvent } from '../run/read-events.js'

/** What a worker's own events tell. Times by this machine's clock, ms. */
export interface WorkerEvents {
  readonly progress: readonly {
    readonly timeMs: number
    readonly completed: number
    readonly inFlight: number
  }[]
  readonly items: readonly { readonly timeMs: number; readonly status: string; readonly item: string }[]
}

/** Reads the events of a worker; what is not an event is skipped. */
export function readWorker(ndjson: string): WorkerEvents {
  const progress = []
  const items = []
  for (const line of ndjson.split('\n')) {
    const event = parseEvent(line)
    if (event === null) continue
    const timeMs = Date.parse(String(event['time']))
    if (event['type'] === 'progress')
      progress.push({
        timeMs,
        completed: Number(event['completed']),
        inFlight: Number(event['inFlight']),
      })
    if (event['type'] === 'item')
      items.push({ timeMs, status: String(event['status']), item: String(event['item']) })
  }
  return { progress, items }
}

/** Time from the death of a worker until others held all its items; null if it had none. */
export function resumedAfter(
  dead: WorkerEvents,
  others: readonly WorkerEvents[],
  killedAtMs: number,
): number | null {
  const held = new Set<string>()
  for (const { status, item } of dead.items) {
    if (status === 'claimed') held.add(item)
    else if (status !== 'split') held.delete(item)
  }
  const claims = others
    .flatMap(({ items }) => items)
    .filter(({ status, timeMs }) => status === 'claimed' && timeMs >= killedAtMs)
  const times = [...held].map((item) =>
    Math.min(...claims.filter((claim) => claim.item === item).map(({ timeMs }) => timeMs - killedAtMs)),
  )
  return times.length === 0 ? null : Math.max(...times)
}
