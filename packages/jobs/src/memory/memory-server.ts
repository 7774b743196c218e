import { backgroundClock, systemClock } from '../clock.js'
import { JobsError } from '../errors.js'
import type { Clock, Engine } from '../ports.js'
import { checkJobName } from '../records/names.js'
import type { MemoryCall, MemoryFault, MemoryJob } from './memory-call.js'
import { connectMemory, type MemoryConnection } from './memory-connection.js'
import { MemoryQueue } from './memory-queue.js'
import { MemoryRecords } from './memory-records.js'

export interface MemoryServerOptions {
  /** Default: the process's clock. */
  readonly clock?: Clock
  /** Called for every operation; undefined lets it pass. */
  readonly fault?: (call: MemoryCall) => MemoryFault | undefined
}

/** Everything that a server stores, to be restored later. */
export interface MemorySnapshot {
  readonly restore: () => void
}

/**
 * An engine in memory, for tests, examples and jobs of a single process. Each worker uses its own connection, which can be cut or killed;
 * operations can be delayed or lost; the queue can be purged and the whole server restored to an earlier state.
 */
export interface MemoryServer {
  connect(name?: string): MemoryConnection
  /** While false no operation reaches the server. */
  running: boolean
  /** Loses all messages of a job. */
  purgeQueue(job: string): void
  /** Publishes a message as another client would. */
  publish(job: string, data: Uint8Array): void
  /** The present value of a record, bypassing all connections; null if there is none. */
  peek(job: string, key: string): Uint8Array | null
  snapshot(): MemorySnapshot
}

export function createMemoryServer(options: MemoryServerOptions = {}): MemoryServer {
  const clock = options.clock ?? systemClock
  // Timers of leases and times to live do not keep the process alive.
  const timers = options.clock ?? backgroundClock
  const jobs = new Map<string, MemoryJob>()
  let connections = 0

  const jobOf = (name: string): MemoryJob => {
    const job = jobs.get(name)
    if (job !== undefined) return job
    throw new JobsError(
      'LAGOON_JOBS_NO_SUCH_JOB',
      `there is no job ${name}`,
      'List the jobs for their names.',
    )
  }

  const server: MemoryServer = {
    running: true,
    connect(name) {
      connections += 1
      return connectMemory({
        name: name ?? `connection-${connections}`,
        clock,
        reachable: () => server.running,
        fault: options.fault ?? (() => undefined),
        find: (job) => jobs.get(job) ?? null,
        create(job, leaseMs) {
          checkJobName(job)
          let found = jobs.get(job)
          if (found === undefined) {
            found = {
              leaseMs,
              queue: new MemoryQueue(timers, leaseMs),
              records: new MemoryRecords(timers),
              subscribers: new Set(),
            }
            jobs.set(job, found)
          }
          return found
        },
        names: () => [...jobs.keys()].sort(),
        remove: (job) => jobs.delete(job),
      })
    },
    purgeQueue: (job) => jobOf(job).queue.purge(),
    publish: (job, data) => jobOf(job).queue.publish(data, undefined),
    peek: (job, key) => jobOf(job).records.get(key)?.value ?? null,
    snapshot() {
      const saved = [...jobs].map(([name, { queue, records }]) => ({
        name,
        messages: queue.snapshot(),
        entries: records.snapshot(),
      }))
      return {
        restore() {
          for (const { name, messages, entries } of saved) {
            jobOf(name).records.restore(entries)
            jobOf(name).queue.restore(messages)
          }
        },
      }
    },
  }
  return server
}

/** An engine in memory with a single connection. */
export function createMemoryEngine(options: MemoryServerOptions = {}): Engine {
  return createMemoryServer(options).connect()
}
