import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'

export const demoBuckets = { source: 'lake', destination: 'lake-copy' } as const

/** What a store across a network takes to answer; with none the demo would be over before it shows anything. */
const latencyMs = { medianMs: 25, sigma: 0.3 }

export interface DemoStores {
  readonly source: Sandbox
  readonly destination: Sandbox
  /** Variables that point `sync` at the two. */
  readonly environment: Readonly<Record<string, string>>
  /** Objects that were written at the destination so far: finished writes by key, as the store counted them. */
  writes(): ReadonlyMap<string, number>
  /** Resolves when `count` writes have begun at the destination. */
  reached(count: number): Promise<void>
  close(): Promise<void>
}

/** Two S3 servers in this process on free ports, empty but for their buckets. */
export async function startDemoStores(): Promise<DemoStores> {
  let begun = 0
  const watchers: { count: number; resolve: () => void }[] = []
  const source = await startSandbox({ buckets: [demoBuckets.source], shape: { latencyMs } })
  const destination = await startSandbox({
    buckets: [demoBuckets.destination],
    shape: { latencyMs },
    onRequest({ operation }) {
      if (operation !== 'PutObject' && operation !== 'CompleteMultipartUpload') return
      begun += 1
      for (const { count, resolve } of watchers) if (begun >= count) resolve()
    },
  }).catch(async (error: unknown) => {
    await source.close()
    throw error
  })
  return {
    source,
    destination,
    environment: { ...variables('SOURCE', source), ...variables('DESTINATION', destination) },
    writes() {
      const counts = new Map<string, number>()
      const finished = destination.requests.matching({ operation: ['PutObject', 'CompleteMultipartUpload'] })
      for (const { key, status } of finished) {
        if (status === 200 && key !== null) counts.set(key, (counts.get(key) ?? 0) + 1)
      }
      return counts
    },
    reached: (count) =>
      new Promise((resolve) => {
        if (begun >= count) resolve()
        else watchers.push({ count, resolve })
      }),
    async close() {
      await Promise.all([source.close(), destination.close()])
    },
  }
}

function variables(
  side: 'SOURCE' | 'DESTINATION',
  { url, credentials, region }: Sandbox,
): Record<string, string> {
  return {
    [`LAGOON_${side}_ENDPOINT_URL`]: url,
    [`LAGOON_${side}_ACCESS_KEY_ID`]: credentials.accessKeyId,
    [`LAGOON_${side}_SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
    [`LAGOON_${side}_REGION`]: region,
    [`LAGOON_${side}_BUCKET`]: side === 'SOURCE' ? demoBuckets.source : demoBuckets.destination,
  }
}
