import { setTimeout as delay } from 'node:timers/promises'
import { joinJob, readStatus, rowsOf, type Job } from '@lagoon/jobs'
import { connectNats } from '@lagoon/jobs/nats'

const everyMs = 100

/** A job as a bystander sees it. */
export interface FollowedJob {
  /** Resolves with true when this many rows of the job have an outcome, with false when it is no longer followed. */
  reached(rows: number): Promise<boolean>
  /** May be called again. */
  close(): Promise<void>
}

/** Follows a job that a worker is about to create. */
export function followJob(url: string, name: string): FollowedJob {
  const over = new AbortController()
  const waiting: { rows: number; resolve: (reached: boolean) => void }[] = []
  const follow = async (): Promise<void> => {
    const engine = await connectNats({ servers: url })
    let job: Job | null = null
    while (!over.signal.aborted) {
      // It does not exist yet.
      job ??= await joinJob(engine, { job: name }).catch(() => null)
      const done = job === null ? 0 : rowsOf((await readStatus(job)).counts)
      for (const { rows, resolve } of waiting) if (done >= rows) resolve(true)
      await delay(everyMs, undefined, { signal: over.signal }).catch(() => {})
    }
    await engine.close()
  }
  const followed = follow().finally(() => {
    for (const { resolve } of waiting) resolve(false)
  })
  return {
    reached: (rows) => new Promise((resolve) => waiting.push({ rows, resolve })),
    close() {
      over.abort()
      return followed
    },
  }
}
