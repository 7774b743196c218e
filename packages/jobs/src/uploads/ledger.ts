import { isPassing } from '../errors.js'
import type { Job } from '../job.js'
import { decode, encode } from '../records/json.js'
import { uploadKey } from '../records/names.js'

const RETRY_MS = 1000

/** An upload in progress, as the job records it. */
export interface JobUpload {
  /** Key of the destination. */
  readonly key: string
  /** The ledger's value, as it was written. */
  readonly value: object
  /** The worker that wrote it last. */
  readonly worker: string
  /** Age of that write, in ms by the engine's clock. */
  readonly ageMs: number
}

/**
 * Records multipart uploads with the job, so that another worker finds them if theirs dies. Implements the upload ledger of
 * `@lagoon/transfer`.
 */
export interface JobUploadLedger {
  /** Recorded immediately, written soon; of several pending values of a key only the last is written. */
  put(key: string, value: object): void
  get(key: string): Promise<object | undefined>
  delete(key: string): void
  entries(): AsyncIterable<[string, object]>
  /** Resolves when everything recorded so far was written, or dropped because it cannot be written. */
  flush(): Promise<void>
}

interface Stored {
  readonly key: string
  readonly value: object
  readonly worker: string
}

/**
 * @param options.worker id of this worker
 * @param options.onError called with a value that cannot be written; its upload starts over if the worker dies
 */
export function createUploadLedger(
  job: Job,
  options: { worker: string; onError?: (error: unknown) => void; signal?: AbortSignal },
): JobUploadLedger {
  const { records, clock } = job
  const { worker, onError = () => {}, signal } = options
  /** Values to be written; null to delete. */
  const waiting = new Map<string, object | null>()
  let sending: Promise<void> | null = null

  async function write(key: string, value: object | null): Promise<void> {
    if (value === null) await records.delete(uploadKey(key))
    else await records.put(uploadKey(key), encode({ key, value, worker } satisfies Stored))
  }

  async function send(): Promise<void> {
    for (let first = waiting.entries().next(); !first.done; first = waiting.entries().next()) {
      const [key, value] = first.value
      try {
        await write(key, value)
      } catch (error) {
        if (isPassing(error) && signal?.aborted !== true) {
          await clock.sleep(RETRY_MS, signal)
          continue
        }
        onError(error)
      }
      // Unless a newer one has arrived.
      if (waiting.get(key) === value) waiting.delete(key)
    }
    sending = null
  }

  function note(key: string, value: object | null): void {
    waiting.set(key, value)
    sending ??= send()
  }

  return {
    put: note,
    delete: (key) => note(key, null),
    async get(key) {
      const own = waiting.get(key)
      if (own !== undefined) return own ?? undefined
      const stored = await records.get(uploadKey(key))
      if (stored === null) return undefined
      const upload = decode<Stored>(stored)
      return upload.key === key ? upload.value : undefined
    },
    async *entries() {
      for await (const stored of records.list('upload.>')) {
        const { key, value } = decode<Stored>(stored)
        yield [key, value]
      }
    },
    async flush() {
      await sending
    },
  }
}

/** All uploads in progress, for operators. */
export async function* readUploads(job: Job): AsyncIterable<JobUpload> {
  const now = await job.records.time()
  for await (const stored of job.records.list('upload.>')) {
    const { key, value, worker } = decode<Stored>(stored)
    yield { key, value, worker, ageMs: Math.max(0, now - stored.writtenAt) }
  }
}

/** Forgets an upload that was aborted or completed. */
export async function forgetUpload(job: Job, key: string): Promise<void> {
  await job.records.delete(uploadKey(key))
}
