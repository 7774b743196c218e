import { headers, type NatsConnection } from '@nats-io/transport-node'
import type { NatsPermissions } from './names.js'

/** A permission that the server refused. */
export interface Violation {
  readonly operation: 'publish' | 'subscription'
  readonly subject: string
}

/** The value that a last wildcard token is tried with. */
const ANY = 'doctor'

/**
 * Subjects that the user lacks, found by using each without changing anything: API requests that the server cannot parse, and messages that
 * expect another stream. Subjects whose use always changes something (delete, purge) are not tried.
 *
 * @param violations empty at first; grows as the server refuses subjects
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
  // The server answers in order: all refusals have arrived before this response.
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

/** A delete request must be empty, but this check does not rely on that. */
function isHarmless(subject: string): boolean {
  return !subject.startsWith('$JS.API.STREAM.DELETE.')
}

function concrete(subject: string): string {
  return subject.replace(/>$/, ANY)
}
