import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type JetStreamManager,
  type StreamConfig,
} from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { API, apiCode } from './errors.js'
import { bucketOf, CONSUMER, itemSubject, queueStream, recordStream } from './names.js'

/** The server's maximum for pulls that wait; its own default is 512. */
const MAX_WAITING = 65_536
/** How long ids of messages are remembered. */
const DUPLICATE_WINDOW_MS = 120_000
/** How long the marker of a record that expired stays. */
const MARKER_TTL_MS = 60_000

type StreamOptions = Partial<StreamConfig> & { name: string }

export function queueConfig(job: string): StreamOptions {
  return {
    name: queueStream(job),
    subjects: [itemSubject(job)],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
    allow_direct: false,
  }
}

/** As the key-value store of the client's library creates it, so that `nats kv` shows it. */
export function recordConfig(job: string): StreamOptions {
  return {
    name: recordStream(job),
    subjects: [`$KV.${bucketOf(job)}.>`],
    max_msgs_per_subject: 1,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    allow_rollup_hdrs: true,
    deny_delete: true,
    allow_direct: false,
    allow_msg_ttl: true,
    subject_delete_marker_ttl: nanos(MARKER_TTL_MS),
  }
}

export async function streamExists(jsm: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await jsm.streams.info(stream)
    return true
  } catch (error) {
    if (apiCode(error) === API.streamNotFound) return false
    throw error
  }
}

export async function consumerExists(jsm: JetStreamManager, job: string): Promise<boolean> {
  try {
    await jsm.consumers.info(queueStream(job), CONSUMER)
    return true
  } catch (error) {
    if (apiCode(error) === API.consumerNotFound) return false
    throw error
  }
}

/** Adds a stream unless it is there: with three copies where the cluster can hold them, unless it was said how many. */
export async function addStream(
  jsm: JetStreamManager,
  config: StreamOptions,
  { replicas, clustered }: { replicas: number | undefined; clustered: boolean },
): Promise<void> {
  const wanted = replicas === undefined ? (clustered ? [3, 1] : [1]) : [replicas]
  for (const [attempt, copies] of wanted.entries()) {
    if (await streamExists(jsm, config.name)) return
    try {
      await jsm.streams.add({ ...config, num_replicas: copies })
      return
    } catch (error) {
      // Too few servers: fewer copies.
      const last = attempt === wanted.length - 1
      // Another worker that creates the job at this moment was faster, with as many copies as it thought right.
      if (apiCode(error) === null || (last && !(await streamExists(jsm, config.name)))) throw error
    }
  }
}

export async function addConsumer(jsm: JetStreamManager, job: string, leaseMs: number): Promise<void> {
  if (await consumerExists(jsm, job)) return
  try {
    await jsm.consumers.add(queueStream(job), {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
      ack_wait: Math.round(nanos(leaseMs)),
      // With a limit the message stays, is delivered to nobody, and no counter shows it.
      max_deliver: -1,
      max_ack_pending: -1,
      max_waiting: MAX_WAITING,
    })
  } catch (error) {
    if (!(await consumerExists(jsm, job))) throw error
  }
}
