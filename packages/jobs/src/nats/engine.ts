import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream'
import { Kvm } from '@nats-io/kv'
import type { NatsConnection } from '@nats-io/transport-node'
import { JobsError } from '../errors.js'
import type { Channel, CreateJobOptions, Engine, JobEngine } from '../ports.js'
import { checkJobName } from '../records/names.js'
import { deniedSubjects, type Violation } from './denied-subjects.js'
import { API, apiCode, translateError } from './errors.js'
import {
  bucketOf,
  channelSubject,
  CONSUMER,
  queueStream,
  recordStream,
  type NatsPermissions,
} from './names.js'
import { NatsQueue } from './queue.js'
import { NatsRecords } from './records.js'
import { addConsumer, addStream, consumerExists, queueConfig, recordConfig, streamExists } from './streams.js'

/** What a server reports about itself. */
export interface NatsReport {
  readonly version: string
  readonly serverName: string
  /** Of the one server that this connection is to: its public key, which its monitoring port repeats, and its host. */
  readonly serverId: string
  readonly host: string
  /** Name of the cluster; null for a single server. */
  readonly cluster: string | null
  readonly tls: boolean
  /** Largest message in bytes. */
  readonly maxPayload: number
  /** Bytes stored in the account, and its limit; null without one. */
  readonly storageBytes: number
  readonly storageLimitBytes: number | null
  /** Round trip of one request, in ms. */
  readonly roundTripMs: number
}

/** NATS JetStream as an engine. */
export interface NatsEngine extends Engine {
  inspect(): Promise<NatsReport>
  /** Replicas of a job's queue and records; null if there is no such job. */
  replicasOf(job: string): Promise<{ queue: number; records: number } | null>
  /**
   * The subjects among these that the user of this connection may not use, found without changing anything. Those that delete or purge
   * cannot be tried.
   */
  denied(permissions: NatsPermissions): Promise<NatsPermissions>
}

export async function createNatsEngine(nc: NatsConnection, timeoutMs: number): Promise<NatsEngine> {
  const options = { timeout: timeoutMs }
  let jsm: JetStreamManager
  try {
    jsm = await jetstreamManager(nc, options)
  } catch (error) {
    throw (error as Error).name === 'RequestError' &&
      /no responders/i.test(String((error as Error).cause ?? error))
      ? translateError({ name: 'JetStreamNotEnabled', message: '' }, 'connect')
      : translateError(error, 'connect')
  }
  return new JetStreamEngine(nc, jsm, timeoutMs)
}

class JetStreamEngine implements NatsEngine {
  readonly #nc: NatsConnection
  readonly #jsm: JetStreamManager
  readonly #timeoutMs: number
  /** Subjects that the server has refused. */
  readonly #denied = new Map<string, Error>()
  /** Subjects refused while permissions are tried; null otherwise, because a connection can live long. */
  #violations: Violation[] | null = null

  constructor(nc: NatsConnection, jsm: JetStreamManager, timeoutMs: number) {
    this.#nc = nc
    this.#jsm = jsm
    this.#timeoutMs = timeoutMs
    void this.#noteDenials()
  }

  async open(job: string): Promise<JobEngine | null> {
    checkJobName(job)
    try {
      const found = await streamExists(this.#jsm, recordStream(job))
      return found ? await this.#bind(job) : null
    } catch (error) {
      throw translateError(error, `open the job ${job}`)
    }
  }

  async create(job: string, { leaseMs, replicas }: CreateJobOptions): Promise<JobEngine> {
    checkJobName(job)
    try {
      const complete =
        (await streamExists(this.#jsm, recordStream(job))) &&
        (await streamExists(this.#jsm, queueStream(job))) &&
        (await consumerExists(this.#jsm, job))
      if (!complete) {
        // The records last: a job exists once they do.
        const copies = { replicas, clustered: this.#nc.info?.cluster !== undefined }
        await addStream(this.#jsm, queueConfig(job), copies)
        await addConsumer(this.#jsm, job, leaseMs)
        await addStream(this.#jsm, recordConfig(job), copies)
      }
      return await this.#bind(job)
    } catch (error) {
      throw translateError(error, `create the job ${job}`)
    }
  }

  async list(): Promise<string[]> {
    const jobs: string[] = []
    const prefix = recordStream('')
    try {
      for await (const name of this.#jsm.streams.names()) {
        if (name.startsWith(prefix)) jobs.push(name.slice(prefix.length))
      }
    } catch (error) {
      throw translateError(error, 'list the jobs')
    }
    return jobs.sort()
  }

  async delete(job: string): Promise<boolean> {
    checkJobName(job)
    let found = false
    try {
      for (const stream of [recordStream(job), queueStream(job)]) {
        if (!(await streamExists(this.#jsm, stream))) continue
        found = await this.#jsm.streams.delete(stream)
      }
    } catch (error) {
      throw translateError(error, `delete the job ${job}`)
    }
    return found
  }

  async close(): Promise<void> {
    await this.#nc.close()
  }

  async inspect(): Promise<NatsReport> {
    try {
      const account = await this.#jsm.getAccountInfo()
      const roundTripMs = await this.#nc.rtt()
      const { version, server_name, server_id, cluster, tls_required, max_payload } = this.#nc.info!
      const limit = account.limits.max_storage
      return {
        version,
        serverName: server_name,
        serverId: server_id,
        host: hostOf(this.#nc.getServer()),
        cluster: cluster ?? null,
        tls: tls_required === true,
        maxPayload: max_payload,
        storageBytes: account.storage,
        storageLimitBytes: limit > 0 ? limit : null,
        roundTripMs,
      }
    } catch (error) {
      throw translateError(error, 'inspect the server')
    }
  }

  async replicasOf(job: string): Promise<{ queue: number; records: number } | null> {
    try {
      if (!(await streamExists(this.#jsm, recordStream(job)))) return null
      const [queue, records] = await Promise.all(
        [queueStream(job), recordStream(job)].map((stream) => this.#jsm.streams.info(stream)),
      )
      return { queue: queue!.config.num_replicas, records: records!.config.num_replicas }
    } catch (error) {
      throw translateError(error, `inspect the job ${job}`)
    }
  }

  async denied(permissions: NatsPermissions): Promise<NatsPermissions> {
    const violations: Violation[] = []
    this.#violations = violations
    try {
      return await deniedSubjects(this.#nc, permissions, violations)
    } catch (error) {
      throw translateError(error, 'try the permissions')
    } finally {
      this.#violations = null
    }
  }

  async #bind(job: string): Promise<JobEngine> {
    const js = jetstream(this.#nc, { timeout: this.#timeoutMs })
    const kv = await new Kvm(js).open(bucketOf(job), { allow_direct: false, bindOnly: true })
    let consumer
    try {
      consumer = await js.consumers.get(queueStream(job), CONSUMER)
    } catch (error) {
      const code = apiCode(error)
      if (code !== API.streamNotFound && code !== API.consumerNotFound) throw error
      throw new JobsError(
        'LAGOON_JOBS_ENGINE_FAILED',
        `the queue of the job ${job} is missing, but its records exist`,
        'Start one worker that may create the job: it creates the queue again and continues from the records.',
        { cause: error },
      )
    }
    const { config } = await consumer.info(true)
    return {
      job,
      leaseMs: Math.round(config.ack_wait! / 1e6),
      queue: new NatsQueue(js, this.#jsm, job, consumer, (subject) => this.#denied.get(subject)),
      records: new NatsRecords(js, this.#jsm, kv, job),
      channel: channelOf(this.#nc, job),
    }
  }

  async #noteDenials(): Promise<void> {
    for await (const status of this.#nc.status()) {
      if (status.type !== 'error') continue
      const { name, subject, operation } = status.error as Partial<Violation> & { name: string }
      if (name !== 'PermissionViolationError' || subject === undefined) continue
      this.#denied.set(subject, status.error)
      if (operation !== undefined) this.#violations?.push({ operation, subject })
    }
  }
}

/** Of `host:port`, or of a URL where the transport is a web socket. */
function hostOf(server: string): string {
  return new URL(server.includes('://') ? server : `nats://${server}`).hostname
}

function channelOf(nc: NatsConnection, job: string): Channel {
  return {
    publish(topic, data) {
      if (!nc.isClosed()) nc.publish(channelSubject(job, topic), data)
    },
    subscribe(topic, onMessage) {
      const subscription = nc.subscribe(channelSubject(job, topic), {
        callback: (error, message) => {
          if (error === null) onMessage(message.data)
        },
      })
      return () => subscription.unsubscribe()
    },
  }
}
