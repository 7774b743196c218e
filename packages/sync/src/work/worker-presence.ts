import type { WorkerEvent } from '@lagoon/jobs'
import { hostname } from 'node:os'
import type { EventSink, ProgressEvent } from '../ports/events.js'

/** A name for this worker that tells where it runs. */
export function workerName(): string {
  const host = hostname()
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .slice(0, 50)
  return `${host}-${crypto.randomUUID().slice(0, 8)}`
}

/** A worker's description of itself in the job, for `lagoon status`. */
export function presenceOf(progress: ProgressEvent | null): object {
  return {
    host: hostname(),
    pid: process.pid,
    inFlight: progress?.inFlight ?? 0,
    limit: progress?.limit ?? null,
    objectsPerSecond: Math.round((progress?.objectsPerSecond ?? 0) * 10) / 10,
    bytesPerSecond: Math.round(progress?.bytesPerSecond ?? 0),
  }
}

/** What happens to items and to the connection with the queue, as events of a run. */
export function forwardWorkerEvent(event: WorkerEvent, onEvent: EventSink): void {
  switch (event.type) {
    case 'claimed':
    case 'done':
    case 'released':
    case 'lost':
    case 'split':
      return onEvent({ type: 'item', status: event.type, item: event.item })
    case 'stalled':
      return onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_QUEUE_STALLED',
        message: `outcomes cannot be recorded at the moment: ${event.error.message}`,
        hint: 'What is in flight continues; nothing is begun once the lease may have run out, until they can be recorded again.',
      })
    case 'resumed':
      return onEvent({
        type: 'warning',
        code: 'LAGOON_SYNC_QUEUE_RESUMED',
        message: `outcomes are recorded again after ${Math.round(event.afterMs / 100) / 10} s`,
      })
    default:
      return undefined
  }
}
