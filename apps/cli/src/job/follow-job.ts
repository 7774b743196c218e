import { setTimeout as sleep } from 'node:timers/promises'
import { joinJob, readStatus, type Engine, type Job } from '@lagoon/jobs'
import type { JobResult } from '../queue/job-status.js'
import { jobResult } from './job-result.js'

const shortestMs = 2000
/** Reading takes at most this part of the time: a job of a billion keys has 15,000 records. */
const share = 0.02

/**
 * Reads the status of a job every two seconds, or less often where that takes long, and once more at the end. A read that fails is left out: the
 * worker itself tells of a queue that does not status.
 *
 * @returns what ends it
 */
export function followJob(
  engine: Engine,
  name: string,
  onStatus: (status: JobResult) => void,
): () => Promise<void> {
  const over = new AbortController()
  let job: Job | undefined
  const read = async (): Promise<void> => {
    try {
      job ??= await joinJob(engine, { job: name })
      onStatus(jobResult(await readStatus(job)))
    } catch {
      // Told by the worker.
    }
  }
  const following = (async () => {
    while (!over.signal.aborted) {
      const began = performance.now()
      await read()
      const tookMs = performance.now() - began
      const pauseMs = Math.max(shortestMs, tookMs / share)
      await sleep(pauseMs, undefined, { signal: over.signal, ref: false }).catch(() => undefined)
    }
    await read()
  })()
  return async () => {
    over.abort()
    await following
  }
}
