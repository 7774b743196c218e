import type { RecordStore } from '@lagoon/jobs'

/** Medians of writing a record and of reading it back, in ms. */
export interface RecordTimes {
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

/**
 * What is lost when a server, or all of them, crash. A server that answers before a record is on disk writes in less time than it reads
 * (reading goes over the same connection and parses a request); one that waits for the disk takes longer.
 *
 * @param copies of the records; @param clustered whether there are other servers
 */
export function durabilityOf({
  copies,
  clustered,
  writeMs,
  readMs,
}: RecordTimes & { readonly copies: number; readonly clustered: boolean }): {
  readonly status: 'ok' | 'warning'
  readonly detail: string
  readonly fix: string
} {
  if (copies >= 3) {
    return { status: 'ok', detail: `${copies} copies: the job survives the loss of a server`, fix: '' }
  }
  if (copies === 2) {
    return {
      status: 'warning',
      detail: 'two copies: the job stands still when either server is lost',
      fix: 'Use three servers and --queue-replicas 3. A job that exists is moved with lagoon job export and import.',
    }
  }
  if (clustered) {
    return {
      status: 'warning',
      detail: 'one copy on a cluster: the job stands still while its server is down',
      fix: 'Use --queue-replicas 3. A job that exists is moved with lagoon job export and import.',
    }
  }
  if (writeMs > readMs) {
    return { status: 'ok', detail: 'one copy; a record seems to be on disk before it is confirmed', fix: '' }
  }
  return {
    status: 'warning',
    detail: 'one copy; a record seems to be confirmed before it is on disk',
    fix: 'Set sync_interval: always in the jetstream block of the server: what a crash of its machine loses is copied again.',
  }
}
