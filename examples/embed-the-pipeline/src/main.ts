// Runs the pipeline twice with an own source of keys and a state in memory: the second run has only the new key to copy.
import { createController, createGate } from '@lagoon/aimd'
import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { Pipeline, type SyncSummary } from '@lagoon/sync'
import { concernsWholeRun, createCopier, type EndpointOptions } from '@lagoon/transfer'
import { KeysOfArrays } from './keys-of-arrays.ts'
import { MemoryState } from './memory-state.ts'

// Two small S3 servers in this process; take your own endpoints instead.
await using here = await startSandbox({ buckets: ['lake'] })
await using there = await startSandbox({ buckets: ['lake'] })
for (const key of ['a', 'b', 'c']) await here.store.put('lake', key, `object ${key}`)

const endpoint = ({ url, region, credentials }: Sandbox): EndpointOptions => ({
  endpointUrl: url,
  region,
  bucket: 'lake',
  ...(credentials && { credentials }),
})
const state = new MemoryState()

async function run(lists: Record<string, readonly string[]>): Promise<SyncSummary> {
  const copier = createCopier({ source: endpoint(here), destination: endpoint(there) })
  const controller = createController({ maxConcurrency: 64 })
  const pipeline = new Pipeline({
    manifests: new KeysOfArrays(lists),
    mode: { kind: 'copy', state },
    copier,
    controller,
    gate: createGate(controller.limit),
    report: null,
    maxOpenObjects: 128,
    maxAttempts: 5,
    throttleBudgetMs: 60_000,
    outage: {},
    isUnreachable: ({ code }) => code === 'ConnectionRefused',
    isFatal: concernsWholeRun,
    requests: () => copier.requests,
    onEvent: (event) => {
      if (event.type === 'failure') console.error(`${event.key}: ${event.message}`)
    },
  })
  const { summary, stoppedBy } = await pipeline.run()
  await copier.close()
  if (stoppedBy !== null) throw stoppedBy
  return summary
}

const first = await run({ monday: ['a', 'b'] })
console.log(`monday: ${first.completed} copied, ${first.skipped} skipped`)
const second = await run({ monday: ['a', 'b'], tuesday: ['b', 'c'] })
console.log(`monday and tuesday: ${second.completed} copied, ${second.skipped} skipped`)
console.log(`at the destination: ${there.store.keys('lake').join(', ')}`)
