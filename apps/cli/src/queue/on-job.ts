import type { NatsEngine } from '@lagoon/jobs/nats'
import { connectQueue, openQueueJob, type OpenedJob } from './connect-queue.js'
import type { QueueSettings } from './queue-settings.js'

/** Opens the job that is meant, and closes the connection afterwards. */
export async function onJob<T>(
  queue: QueueSettings,
  use: (opened: Omit<OpenedJob, 'close'>) => Promise<T>,
): Promise<T> {
  const opened = await openQueueJob(queue)
  try {
    return await use(opened)
  } finally {
    await opened.close()
  }
}

/** Connects to the queue, and closes the connection afterwards. */
export async function onQueue<T>(queue: QueueSettings, use: (engine: NatsEngine) => Promise<T>): Promise<T> {
  const engine = await connectQueue(queue)
  try {
    return await use(engine)
  } finally {
    await engine.close()
  }
}
