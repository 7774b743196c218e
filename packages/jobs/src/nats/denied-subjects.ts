import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { NatsPermissions } from './names.js'

/** A permission that the server refused. */
export interface Violation {
  readonly operation: 'publish' | 'subscription'
  readonly subject: string
}

/** What a last token that stands for any is tried with. */
const ANY = 'doctor'

/**
 * Subjects that the user lacks, found by using each in a way that changes nothing: API requests that the server can't read, and messages that
 * expect another stream. Those whose use always changes something (deleting and purging) are left out.
 *
 * @param violations empty at first; grows as the server refuses
 */
export async function deniedSubjects(
  nc: NatsConnection,
  { publish, subscribe }: NatsPermissions,
  violations: readonly Violation[],
): Promise<NatsPermissions> {
  const head = headers()
  head.set('Nats-Expected-Stream', 'none')
  for (const subject of publish.filter(isHarmless)) {
    const api = subject.startsWith('$JS.API.')
    nc.publish(concrete(subject), api ? '{' : '{}', api ? {} : { headers: head })
  }
  const subscriptions = subscribe.map((subject) => nc.subscribe(subject, { callback() {} }))
  // The server answers in order: what it refused is known before the response to this.
  await nc.flush()
  await new Promise((resolve) => setImmediate(resolve))
  for (const subscription of subscriptions) subscription.unsubscribe()
  const isRefused = (operation: Violation['operation'], subject: string): boolean =>
    violations.some((violation) => violation.operation === operation && violation.subject === subject)
  return {
    publish: publish.filter((subject) => isRefused('publish', concrete(subject))),
    subscribe: subscribe.filter((subject) => isRefused('subscription', subject)),
  }
}

/** A request to delete must be empty, but nobody should have to rely on that. The consumer of the workers has no other name to try. */
function isHarmless(subject: string): boolean {
  return !/^\$JS\.API\.(?:STREAM\.(?:DELETE|PURGE)|CONSUMER\.DELETE\.[^>]*[^>]$)/.test(subject)
}

function concrete(subject: string): string {
  return subject.replace(/>$/, ANY)
}
