import { JobsError, noAnswer, noSuchJob } from '../errors.js'
import type { Clock, Engine, JobEngine, RecordChange, StoredRecord, WorkMessage } from '../ports.js'
import { matches } from './memory-records.js'
import type { StoredMessage } from './memory-queue.js'
import type { MemoryCall, MemoryFault, MemoryJob } from './memory-call.js'

/** An operation without a response rejects after this time. */
const TIMEOUT_MS = 2000

/** An engine whose connection can be broken. */
export interface MemoryConnection extends Engine {
  /** The network silently drops everything from now on, in both directions. */
  cut(): void
  /** Ends {@link cut}. */
  heal(): void
  /** The process is dead: none of its operations ever ends, and nothing more of it reaches the server. */
  kill(): void
}

interface MemoryBackend {
  readonly name: string
  readonly clock: Clock
  reachable(): boolean
  fault(call: MemoryCall): MemoryFault | undefined
  find(job: string): MemoryJob | null
  create(job: string, leaseMs: number): MemoryJob
  names(): string[]
  remove(job: string): boolean
}

const never = new Promise<never>(() => {})

export function connectMemory(backend: MemoryBackend): MemoryConnection {
  const { clock } = backend
  let state = 'up' as 'up' | 'cut' | 'killed' | 'closed'
  const ended = new AbortController()

  const isDead = (): boolean => state === 'killed'
  const reaches = (): boolean => state === 'up' && backend.reachable()
  const name = backend.name

  /** Carries out an operation with every fault that can occur on the way to the server and back. */
  async function call<T>(operation: MemoryCall['operation'], key: string, carryOut: () => T): Promise<T> {
    if (state === 'closed') throw closed()
    const fault = backend.fault({ connection: name, operation, key })
    if (fault?.error !== undefined) throw fault.error
    if (fault?.delayMs !== undefined) {
      await clock.sleep(fault.delayMs)
    } else await Promise.resolve()
    if (isDead()) return never
    const arrived = reaches() && fault?.lose !== 'request'
    const result = arrived ? carryOut() : undefined
    if (isDead()) return never
    if (arrived && fault?.lose !== 'answer') return result as T
    await clock.sleep(TIMEOUT_MS, ended.signal)
    if (isDead()) return never
    throw ended.signal.aborted ? closed() : noAnswer(`${operation} ${key}`.trim())
  }

  /** Sent without waiting for a response. */
  function send(operation: MemoryCall['operation'], carryOut: () => void): void {
    if (state === 'closed') return
    const fault = backend.fault({ connection: name, operation, key: '' })
    if (fault?.lose === undefined && reaches()) carryOut()
  }

  function messageOf(job: MemoryJob, stored: StoredMessage): WorkMessage {
    return {
      data: stored.data,
      deliveries: stored.deliveries,
      extend: () => send('extend', () => job.queue.extend(stored)),
      ack: () => call('ack', '', () => job.queue.ack(stored)),
      nak: (delayMs = 0) => send('nak', () => job.queue.nak(stored, delayMs)),
    }
  }

  async function next(
    job: MemoryJob,
    options: { waitMs: number; signal?: AbortSignal },
  ): Promise<WorkMessage | null> {
    if (state === 'closed') throw closed()
    const fault = backend.fault({ connection: name, operation: 'next', key: '' })
    if (fault?.error !== undefined) throw fault.error
    const over = new AbortController()
    const signals = [over.signal, ended.signal, ...(options.signal === undefined ? [] : [options.signal])]
    const stop = AbortSignal.any(signals)
    let delivered: StoredMessage | null = null
    const pull = {
      deliver(message: StoredMessage) {
        delivered = message
        over.abort()
      },
    }
    if (reaches() && fault?.lose === undefined) job.queue.pull(pull)
    await clock.sleep(options.waitMs, stop)
    job.queue.cancel(pull)
    if (isDead()) return never
    // Killed or cut off between delivery and here: the message is lost, and delivered again after its lease.
    return delivered === null || !reaches() ? null : messageOf(job, delivered)
  }

  async function* watch(
    job: MemoryJob,
    keys: readonly string[],
    signal: AbortSignal,
  ): AsyncIterable<RecordChange> {
    const changes: RecordChange[] = []
    let wake: (() => void) | undefined
    const push = (change: RecordChange): void => {
      if (state === 'killed' || !keys.some((pattern) => matches(pattern, change.key))) return
      changes.push(change)
      wake?.()
    }
    const end = await call('watch', keys.join(' '), () => {
      const unwatch = job.records.watch(push)
      for (const record of job.records.list('>')) push({ key: record.key, record })
      return unwatch
    })
    const stop = AbortSignal.any([signal, ended.signal])
    stop.addEventListener('abort', () => wake?.())
    try {
      while (!stop.aborted) {
        const change = changes.shift()
        if (change !== undefined) yield change
        else await new Promise<void>((resolve) => (wake = resolve))
      }
    } finally {
      end()
    }
  }

  async function* list(job: MemoryJob, pattern: string): AsyncIterable<StoredRecord> {
    yield* await call('list', pattern, () => job.records.list(pattern))
  }

  function engineOf(jobName: string, job: MemoryJob): JobEngine {
    const { queue, records, subscribers } = job
    const write = (key: string, value: Uint8Array, expected: number | null | undefined, ttlMs?: number) => {
      if (backend.find(jobName) !== job) throw noSuchJob(jobName)
      return records.write(key, value, expected, ttlMs)
    }
    return {
      job: jobName,
      leaseMs: job.leaseMs,
      queue: {
        publish: (data, options) => call('publish', '', () => queue.publish(data, options?.id)),
        next: (options) => next(job, options),
        counts: () => call('counts', '', () => queue.counts()),
      },
      records: {
        get: (key) => call('get', key, () => records.get(key)),
        create: (key, value, options) => call('create', key, () => write(key, value, null, options?.ttlMs)),
        replace: (key, value, revision, options) =>
          call('replace', key, () => write(key, value, revision, options?.ttlMs)),
        put: (key, value, options) => call('put', key, () => write(key, value, undefined, options?.ttlMs)!),
        delete: (key, revision) => call('delete', key, () => records.delete(key, revision)),
        list: (pattern) => list(job, pattern),
        watch: (keys, signal) => watch(job, keys, signal),
        time: () => call('time', '', () => clock.now()),
      },
      channel: {
        publish(topic, data) {
          if (!reaches()) return
          for (const subscriber of subscribers) if (subscriber.topic === topic) subscriber.onMessage(data)
        },
        subscribe(topic, onMessage) {
          const subscriber = { topic, onMessage: (data: Uint8Array) => void (reaches() && onMessage(data)) }
          subscribers.add(subscriber)
          return () => subscribers.delete(subscriber)
        },
      },
    }
  }

  return {
    open: (job) =>
      call('get', job, () => {
        const found = backend.find(job)
        return found === null ? null : engineOf(job, found)
      }),
    create: (job, { leaseMs }) => call('create', job, () => engineOf(job, backend.create(job, leaseMs))),
    list: () => call('list', '', () => backend.names()),
    delete: (job) => call('delete', job, () => backend.remove(job)),
    async close() {
      if (state !== 'killed') state = 'closed'
      ended.abort()
    },
    cut: () => void (state = state === 'up' ? 'cut' : state),
    heal: () => void (state = state === 'cut' ? 'up' : state),
    kill() {
      state = 'killed'
    },
  }
}

function closed(): JobsError {
  return new JobsError(
    'LAGOON_JOBS_CLOSED',
    'the connection to the queue is closed',
    'Connect again before using it.',
  )
}
