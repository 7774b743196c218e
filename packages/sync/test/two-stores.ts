import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { s3Client, writeManifest, type ManifestRow } from '@lagoon/testkit'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  runSync,
  type EndpointOptions,
  type SyncEvent,
  type SyncOptions,
  type SyncSummary,
} from '../src/index.js'

export interface TwoStores extends AsyncDisposable {
  readonly source: Sandbox
  readonly destination: Sandbox
  readonly directory: string
  /** Puts objects with these bodies under their keys at the source. */
  objects(bodies: Record<string, string | Uint8Array>): Promise<void>
  manifest(key: string, rows: readonly ManifestRow[], rowGroupRows?: number): Promise<void>
  run(options?: Partial<SyncOptions>): Promise<{ summary: SyncSummary; events: SyncEvent[] }>
  /** GET and PUT requests for objects of the lake, manifests not counted, since the last call. */
  objectRequests(): { gets: string[]; puts: string[]; others: string[] }
}

/** The bucket `lake` of a sandbox. */
export function endpointOf({ url, region, credentials }: Sandbox): EndpointOptions {
  return { endpointUrl: url, region, bucket: 'lake', credentials }
}

/** Two sandboxes with a bucket `lake` each, and a directory for state and reports. */
export async function twoStores(): Promise<TwoStores> {
  const source = await startSandbox({ buckets: ['lake'] })
  const destination = await startSandbox({ buckets: ['lake'] })
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-sync-'))
  const client = s3Client({ url: source.url, region: source.region, ...source.credentials })
  return {
    source,
    destination,
    directory,
    async objects(bodies) {
      for (const [key, body] of Object.entries(bodies)) await source.store.put('lake', key, Buffer.from(body))
    },
    async manifest(key, rows, rowGroupRows = 10_000) {
      await writeManifest({ client, bucket: 'lake', key, rows, rowGroupRows })
    },
    async run(options = {}) {
      const events: SyncEvent[] = []
      const summary = await runSync({
        source: endpointOf(source),
        destination: endpointOf(destination),
        dataDir: join(directory, 'state'),
        concurrency: { fixed: 8 },
        backoff: { baseMs: 1 },
        onEvent: (event) => events.push(event),
        ...options,
      })
      return { summary, events }
    },
    objectRequests() {
      const requests = { gets: [] as string[], puts: [] as string[], others: [] as string[] }
      for (const { requests: log } of [source, destination]) {
        for (const { operation, key } of log.records) {
          if (key === null || key.startsWith('manifest/')) continue
          if (operation === 'GetObject') requests.gets.push(key)
          else if (operation === 'PutObject') requests.puts.push(key)
          else requests.others.push(`${operation} ${key}`)
        }
        log.clear()
      }
      return requests
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await source.close()
      await destination.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
