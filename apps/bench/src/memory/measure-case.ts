import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundClient } from '../clients/client.js'
import { madeUpKey } from '../data/made-up-keys.js'
import { followMemory, type MemoryPoint } from '../measure/memory-curve.js'
import { runMeasured } from '../measure/run-measured.js'
import { readEvents } from '../run/read-events.js'
import { createBucketClient } from '../s3/bucket-client.js'
import { putManifests } from '../scale/put-manifests.js'
import type { Session } from '../session.js'
import type { ServedCertificate } from '../stores/certificate.js'
import { startSandboxPair } from '../stores/sandbox-pair.js'
import type { MemoryCase } from './memory-case.js'

/** What one run held in memory. */
export interface MemoryResult {
  name: string
  concurrency: number
  /** Named by the manifest; `copied` may be fewer where the run was stopped. */
  objects: number
  copied: number | null
  wallMs: number
  cpuPerObjectUs: number | null
  /** `VmHWM`. */
  peakMemoryBytes: number | null
  curve: MemoryPoint[]
  /** Why the run doesn't count; null when it does. */
  failure: string | null
}

const bucket = 'memory'
const prefix = 'manifest/'

/** Runs the product's command line once, between stores of its own that hold no bytes. */
export async function measureCase(
  wanted: MemoryCase,
  { found, tls, session }: { found: FoundClient; tls: ServedCertificate | null; session: Session },
): Promise<MemoryResult> {
  const directory = await mkdtemp(join(session.directory, 'memory-'))
  const pair = await startSandboxPair({}, { keepBytes: false, tls })
  try {
    const keyOf = (index: number): string => madeUpKey(index, wanted.sizeBytes(index))
    for (const access of [pair.source, pair.destination]) {
      const store = createBucketClient(access)
      await store.createBucket(bucket)
      if (access === pair.source)
        await putManifests(store, { bucket, prefix }, wanted.objects, session.signal, keyOf)
      await store.close()
    }
    const invocation = found.client.invocation(
      {
        source: { ...pair.source, bucket },
        destination: { ...pair.destination, bucket },
        prefix: null,
        manifestPrefix: prefix,
        concurrency: wanted.concurrency,
        directory,
        keysFile: null,
      },
      found.executable,
    )
    let curve: { stop(): MemoryPoint[] } | undefined
    const measured = await runMeasured(invocation, {
      directory,
      signal: session.signal,
      timeoutMs: wanted.limitMs ?? 7_200_000,
      onStarted: (pid) => (curve = followMemory(pid)),
    })
    session.signal.throwIfAborted()
    const said = (await readFile(measured.stderrFile, 'utf8')).trim().split('\n').at(-1)!
    const { summary } = readEvents(await readFile(measured.stdoutFile, 'utf8'))
    const { wallMs, userMs, systemMs, peakMemoryBytes } = measured
    const copied = summary?.completed ?? null
    return {
      name: wanted.name,
      concurrency: wanted.concurrency,
      objects: wanted.objects,
      copied,
      wallMs,
      cpuPerObjectUs: copied && userMs !== null ? ((userMs + systemMs!) * 1_000) / copied : null,
      peakMemoryBytes,
      curve: curve?.stop() ?? [],
      failure: whyFailed(wanted, measured, summary, said),
    }
  } finally {
    await pair.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function whyFailed(
  wanted: MemoryCase,
  measured: { exitCode: number | null; timedOut: boolean },
  summary: { completed: number } | null,
  said: string,
): string | null {
  if (measured.timedOut) return wanted.limitMs === null ? 'did not end in time' : null
  if (measured.exitCode !== 0) return `ended with exit code ${measured.exitCode}: ${said}`
  if (summary?.completed !== wanted.objects)
    return `copied ${summary?.completed ?? 0} of ${wanted.objects} objects`
  return null
}
