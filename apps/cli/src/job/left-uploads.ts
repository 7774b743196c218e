import { forgetUpload, readStatus, readUploads, type Job } from '@lagoon/jobs'
import type { UploadLedger } from '@lagoon/transfer'

/** The uploads of a job that no worker holds, as a ledger for `abandonUploads`. */
interface LeftUploads {
  readonly ledger: UploadLedger
  /** Uploads of running workers; they are left alone. */
  inUse(): number
  /** Everything that was deleted from the ledger is deleted from the job. */
  flush(): Promise<void>
}

/** An upload is in use while the worker that wrote it last is running, unless the job is over. */
export async function leftUploads(job: Job): Promise<LeftUploads> {
  const { meta, workers } = await readStatus(job)
  const present = new Set(meta.state === 'over' ? [] : workers.map(({ id }) => id))
  const deleting: Promise<void>[] = []
  let inUse = 0
  return {
    ledger: {
      put() {},
      get: () => undefined,
      delete: (key) => void deleting.push(forgetUpload(job, key)),
      async *entries() {
        for await (const { key, value, worker } of readUploads(job)) {
          if (present.has(worker)) inUse += 1
          else yield [key, value]
        }
      },
    },
    inUse: () => inUse,
    async flush() {
      await Promise.all(deleting)
    },
  }
}
