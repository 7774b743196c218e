import type { Side } from '../contract/attempt.js'
import type { Endpoint } from '../s3/endpoint.js'

/** Waits until both endpoints have credentials; null if they have. The side that has none is named; where both have none, the source. */
export function bothReady(
  source: Endpoint,
  destination: Endpoint,
): Promise<{ side: Side; error: unknown } | null> | null {
  const from = source.prepare()
  const to = destination.prepare()
  return from === null && to === null ? null : awaitBoth(from, to)
}

async function awaitBoth(from: Promise<void> | null, to: Promise<void> | null) {
  let side: Side = 'source'
  // Both are awaited below, one after the other: whichever rejects first must not count as unhandled.
  to?.catch(() => undefined)
  try {
    await from
    side = 'destination'
    await to
    return null
  } catch (error) {
    return { side, error }
  }
}
