import type { RecordStore } from '@lagoon/jobs'
import { formatDuration } from '../text/format.js'
import type { ServerSync } from './server-sync.js'

/** Medians of writing a record and of reading it back, in ms. */
interface RecordTimes {
  readonly writeMs: number
  readonly readMs: number
}

const rounds = 40
const longestMs = 3000

/** Writes and reads a record in turns, and deletes it. */
export async function timeRecords(records: RecordStore): Promise<RecordTimes> {
  const key = `role.doctor-${crypto.randomUUID().slice(0, 8)}`
  const value = Buffer.alloc(150, '{}')
  const [writes, reads]: [number[], number[]] = [[], []]
  const end = performance.now() + longestMs
  try {
    for (let i = 0; i < rounds && performance.now() < end; i += 1) {
      await timed(writes, () => records.put(key, value, { ttlMs: 10_000 }))
      await timed(reads, () => records.get(key))
    }
  } finally {
    await records.delete(key)
  }
  return { writeMs: median(writes), readMs: median(reads) }
}

async function timed(times: number[], action: () => Promise<unknown>): Promise<void> {
  const began = performance.now()
  await action()
  times.push(performance.now() - began)
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1]!
}

const ALWAYS = 'Set sync_interval: always in the jetstream block of the server'

/**
 * What a crash of a server, or of all of them, costs. Only the server knows whether it writes a record to disk before it confirms it: how
 * long a write takes does not tell, on a disk that is memory least of all.
 *
 * @param copies of the records; @param clustered whether there are other servers
 */
export function durabilityOf({
  copies,
  clustered,
  sync,
}: {
  readonly copies: number
  readonly clustered: boolean
  readonly sync: ServerSync
}): {
  readonly status: 'ok' | 'warning' | 'skipped'
  readonly detail: string
  readonly fix: string
} {
  if (copies >= 3) {
    return { status: 'ok', detail: `${copies} copies: the job survives the loss of a server`, fix: '' }
  }
  if (copies === 2) {
    return {
      status: 'warning',
      detail: 'two replicas: the job stops if either server is lost',
      fix: 'Use three servers and --queue-replicas 3. A job that exists is moved with lagoon job export and import.',
    }
  }
  if (clustered) {
    return {
      status: 'warning',
      detail: 'one replica on a cluster: the job stops while its server is down',
      fix: 'Use --queue-replicas 3. A job that exists is moved with lagoon job export and import.',
    }
  }
  if (sync === 'always') {
    return { status: 'ok', detail: 'one copy; each record is on disk before it is confirmed', fix: '' }
  }
  if ('unknown' in sync) {
    return {
      status: 'skipped',
      detail: `one copy; whether records are on disk before they are confirmed is unknown: ${sync.unknown}`,
      fix: '',
    }
  }
  return {
    status: 'warning',
    detail: `one copy; records are confirmed up to ${formatDuration(sync.intervalMs)} before they are on disk`,
    fix: `${ALWAYS}: objects whose records are lost in a crash of its machine are copied again.`,
  }
}
