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

/** The server's maximum of waiting pulls; its default is 512. */
const MAX_WAITING = 65_536
/** How long message ids are remembered. */
const DUPLICATE_WINDOW_MS = 120_000
/** How long the marker of an expired record stays. */
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

/** Created as the client library's key-value store creates it, so that `nats kv` shows it. */
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

/** Creates a stream unless it exists: with three replicas if the cluster can hold them, unless a number was given. */
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
      // Too few servers: fewer replicas.
      const last = attempt === wanted.length - 1
      // Another worker that is creating the job was faster, with as many replicas as it chose.
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
      // With a delivery limit the message would stay, be delivered to nobody, and appear in no counter.
      max_deliver: -1,
      max_ack_pending: -1,
      max_waiting: MAX_WAITING,
    })
  } catch (error) {
    if (!(await consumerExists(jsm, job))) throw error
  }
}
