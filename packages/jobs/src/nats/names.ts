import { checkJobName } from '../records/names.js'

/** The streams, subjects and inboxes of a job. */
export const CONSUMER = 'workers'
export const INBOX_PREFIX = '_INBOX_lagoon'
export const queueStream = (job: string): string => `LAGOON_${job}`
export const bucketOf = (job: string): string => `lagoon_${job}`
export const recordStream = (job: string): string => `KV_${bucketOf(job)}`
export const recordSubject = (job: string, key: string): string => `$KV.${bucketOf(job)}.${key}`
export const itemSubject = (job: string): string => `lagoon.${job}.item`
export const channelSubject = (job: string, topic: string): string => `lagoon.${job}.${topic}`

/** Subjects that a NATS user may publish to and subscribe to, in the form of a server's configuration. */
export interface NatsPermissions {
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/**
 * The minimum for a worker. With these it can join an existing job, claim, record and finish items, plan, and obey operators; it cannot
 * create or delete a job.
 */
export function workerPermissions(job: string): NatsPermissions {
  const queue = queueStream(checkJobName(job))
  const records = recordStream(job)
  return {
    publish: [
      '$JS.API.INFO',
      `$JS.API.STREAM.INFO.${queue}`,
      `$JS.API.STREAM.INFO.${records}`,
      `$JS.API.STREAM.MSG.GET.${records}`,
      `$JS.API.CONSUMER.INFO.${queue}.${CONSUMER}`,
      `$JS.API.CONSUMER.MSG.NEXT.${queue}.${CONSUMER}`,
      // Listings and watches of records are ephemeral consumers.
      `$JS.API.CONSUMER.CREATE.${records}`,
      `$JS.API.CONSUMER.CREATE.${records}.>`,
      `$JS.API.CONSUMER.DELETE.${records}.>`,
      `$JS.ACK.${queue}.${CONSUMER}.>`,
      `$JS.FC.${records}.>`,
      recordSubject(job, '>'),
      itemSubject(job),
      channelSubject(job, 'sample'),
      channelSubject(job, 'limit'),
    ],
    subscribe: [`${INBOX_PREFIX}.>`, channelSubject(job, 'sample'), channelSubject(job, 'limit')],
  }
}

/** What an operator needs: everything a worker has, and creating, importing, deleting and listing jobs. */
export function operatorPermissions(job: string): NatsPermissions {
  const { publish, subscribe } = workerPermissions(job)
  const streams = [queueStream(job), recordStream(job)]
  return {
    publish: [
      ...publish,
      '$JS.API.STREAM.NAMES',
      ...['CREATE', 'DELETE'].flatMap((action) =>
        streams.map((stream) => `$JS.API.STREAM.${action}.${stream}`),
      ),
      `$JS.API.CONSUMER.CREATE.${queueStream(job)}.${CONSUMER}`,
    ],
    subscribe,
  }
}
