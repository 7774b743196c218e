import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { KV, KvEntry } from '@nats-io/kv'
import { headers, type MsgHdrs } from '@nats-io/transport-node'
import { noAnswer, noSuchJob } from '../errors.js'
import type { RecordChange, RecordStore, StoredRecord, WriteOptions } from '../ports.js'
import { isWrongRevision, translateError } from './errors.js'
import { recordStream, recordSubject } from './names.js'
import { streamExists } from './streams.js'

/** How long the marker of a deleted record stays, for watchers to see it. */
const MARKER_TTL = '60s'

const EXPECTED = 'Nats-Expected-Last-Subject-Sequence'
const TTL = 'Nats-TTL'
const OPERATION = 'KV-Operation'
const MARKER = 'Nats-Marker-Reason'

interface Last {
  readonly revision: number
  /** Null for the marker of a deleted or expired record. */
  readonly record: StoredRecord | null
}

/**
 * The records of one job: a key-value bucket. Reads go to the leader; compare-and-set, expiry and deletion are headers of a write, as the
 * design of key-value buckets has them (https://github.com/nats-io/nats-architecture-and-design, ADR-8, ADR-43).
 */
export class NatsRecords implements RecordStore {
  readonly #js: JetStreamClient
  readonly #jsm: JetStreamManager
  readonly #kv: KV
  readonly #job: string

  constructor(js: JetStreamClient, jsm: JetStreamManager, kv: KV, job: string) {
    this.#js = js
    this.#jsm = jsm
    this.#kv = kv
    this.#job = job
  }

  async get(key: string): Promise<StoredRecord | null> {
    try {
      return (await this.#last(key))?.record ?? null
    } catch (error) {
      throw translateError(error, `read ${key}`)
    }
  }

  async create(key: string, value: Uint8Array, options?: WriteOptions): Promise<number | null> {
    try {
      const written = await this.#write(key, value, 0, options)
      if (written !== null) return written
      // The marker of a deleted record counts as a revision.
      const last = await this.#last(key)
      if (last === null) return await this.#write(key, value, 0, options)
      return last.record === null ? await this.#write(key, value, last.revision, options) : null
    } catch (error) {
      throw translateError(error, `create ${key}`)
    }
  }

  async replace(
    key: string,
    value: Uint8Array,
    revision: number,
    options?: WriteOptions,
  ): Promise<number | null> {
    try {
      return await this.#write(key, value, revision, options)
    } catch (error) {
      throw translateError(error, `write ${key}`)
    }
  }

  async put(key: string, value: Uint8Array, options?: WriteOptions): Promise<number> {
    try {
      return (await this.#write(key, value, undefined, options))!
    } catch (error) {
      throw translateError(error, `write ${key}`)
    }
  }

  async delete(key: string, revision?: number): Promise<boolean> {
    const head = headers()
    head.set(OPERATION, 'PURGE')
    head.set('Nats-Rollup', 'sub')
    head.set(TTL, MARKER_TTL)
    try {
      return (await this.#publish(key, new Uint8Array(), head, revision)) !== null
    } catch (error) {
      throw translateError(error, `delete ${key}`)
    }
  }

  async *list(pattern: string): AsyncIterable<StoredRecord> {
    try {
      const entries = await this.#kv.history({ key: pattern })
      for await (const entry of entries) {
        const record = recordOf(entry)
        if (record !== null) yield record
      }
    } catch (error) {
      throw translateError(error, `list ${pattern}`)
    }
  }

  async *watch(keys: readonly string[], signal: AbortSignal): AsyncIterable<RecordChange> {
    if (signal.aborted) return
    let stop: (() => void) | undefined
    try {
      const entries = await this.#kv.watch({ key: [...keys] })
      stop = () => entries.stop()
      signal.addEventListener('abort', stop)
      if (signal.aborted) stop()
      for await (const entry of entries) yield { key: entry.key, record: recordOf(entry) }
    } catch (error) {
      if (!signal.aborted) throw translateError(error, `watch ${keys.join(', ')}`)
    } finally {
      if (stop !== undefined) signal.removeEventListener('abort', stop)
      stop?.()
    }
  }

  async time(): Promise<number> {
    try {
      const info = (await this.#jsm.streams.info(recordStream(this.#job))) as unknown as { ts: string }
      return Date.parse(info.ts)
    } catch (error) {
      throw translateError(error, 'read the time of the server')
    }
  }

  async #last(key: string): Promise<Last | null> {
    const message = await this.#jsm.streams.getMessage(recordStream(this.#job), {
      last_by_subj: recordSubject(this.#job, key),
    })
    if (message === null) return null
    const gone = message.header?.has(OPERATION) === true || message.header?.has(MARKER) === true
    const record = { key, value: message.data, revision: message.seq, writtenAt: message.time.getTime() }
    return { revision: message.seq, record: gone ? null : record }
  }

  #write(
    key: string,
    value: Uint8Array,
    expected: number | undefined,
    options: WriteOptions | undefined,
  ): Promise<number | null> {
    const head = headers()
    if (options?.ttlMs !== undefined) head.set(TTL, `${Math.ceil(options.ttlMs / 1000)}s`)
    return this.#publish(key, value, head, expected)
  }

  /** The new revision, or null if the present one is not the expected one. */
  async #publish(
    key: string,
    value: Uint8Array,
    head: MsgHdrs,
    expected: number | undefined,
  ): Promise<number | null> {
    if (expected !== undefined) head.set(EXPECTED, String(expected))
    try {
      const { seq } = await this.#js.publish(recordSubject(this.#job, key), value, { headers: head })
      return seq
    } catch (error) {
      if (isWrongRevision(error)) return null
      // Nothing listens to the subject: the job was deleted, or its stream has no leader at present.
      if ((error as Error).name === 'JetStreamNotEnabled') {
        const exists = await streamExists(this.#jsm, recordStream(this.#job))
        throw exists ? noAnswer(`write ${key}: no server leads the records`, error) : noSuchJob(this.#job)
      }
      throw error
    }
  }
}

function recordOf(entry: KvEntry): StoredRecord | null {
  if (entry.operation !== 'PUT') return null
  return {
    key: entry.key,
    value: entry.value,
    revision: entry.revision,
    writtenAt: entry.created.getTime(),
  }
}
