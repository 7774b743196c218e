import { printable } from '../text/printable.js'

/** When a server writes to disk what it confirms: always before, or once in an interval; or why that is unknown. */
export type ServerSync = 'always' | { readonly intervalMs: number } | { readonly unknown: string }

/** The port that nats-server's own examples, images and chart use. */
const MONITORING_PORT = 8222
const PATIENCE_MS = 2000

/** The part of https://docs.nats.io/running-a-nats-service/nats_admin/monitoring#general-information-varz that is read here; ns. */
interface Varz {
  readonly server_id?: string
  readonly jetstream?: {
    readonly config?: { readonly sync_interval?: number; readonly sync_always?: boolean }
  }
}

/**
 * Asks the monitoring port of a NATS server how it writes to disk. The protocol of clients does not tell.
 *
 * @param monitor its address; default port 8222 of the host
 */
export async function syncOfServer(
  { serverId, host }: { readonly serverId: string; readonly host: string },
  monitor = new URL(`http://${host}:${MONITORING_PORT}`),
): Promise<ServerSync> {
  const url = new URL('/varz', monitor)
  const name = printable(url.href)
  let varz: Varz
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) })
    varz = (await response.json()) as Varz
  } catch {
    return {
      unknown: `no monitoring port answers at ${name}; start nats-server with -m, and set --queue-monitor to its address`,
    }
  }
  if (varz.server_id !== serverId)
    return { unknown: `${name} is of another server; set --queue-monitor to the address of this one` }
  const { sync_always: always, sync_interval: interval } = varz.jetstream?.config ?? {}
  if (always === true) return 'always'
  if (typeof interval === 'number') return { intervalMs: interval / 1e6 }
  return { unknown: `${name} does not tell; the server may be older` }
}
