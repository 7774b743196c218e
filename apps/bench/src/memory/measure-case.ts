import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { FoundClient } from '../clients/client.js'
import { putManifests } from '../dataset/put-manifests.js'
import { madeUpKey } from '../stores/made-up.js'
import type { MemoryPoint } from '../measure/proc.js'
import { runMeasured } from '../measure/run-measured.js'
import { readEvents } from '../run/read-events.js'
import type { BenchSession } from '../session.js'
import { createBucket } from '../stores/buckets.js'
import type { ServedCertificate } from '../stores/certificate.js'
import { startSandboxPair } from '../stores/sandbox-pair.js'
import type { MemoryCase } from './memory-case.js'

/** The memory of one run. */
export interface MemoryResult {
  name: string
  concurrency: number
  /** Number of objects in the manifest; `copied` may be lower if the run was stopped. */
  objects: number
  copied: number | null
  wallMs: number
  cpuPerObjectUs: number | null
  /** `VmHWM`. */
  peakMemoryBytes: number | null
  curve: MemoryPoint[]
  /** Why the run does not count; null if it does. */
  failure: string | null
}

const bucket = 'memory'
const manifestPrefix = 'manifest/'

/** Runs the product's command line once, between two stores that keep no bytes. */
export async function measureCase(
  wanted: MemoryCase,
  { found, tls, session }: { found: FoundClient; tls: ServedCertificate | null; session: BenchSession },
): Promise<MemoryResult> {
  const { name, concurrency, objects, limitMs } = wanted
  const { signal } = session
  const directory = await mkdtemp(join(session.directory, 'memory-'))
  const pair = await startSandboxPair({}, { keepBytes: false, tls })
  try {
    const { source, destination } = pair
    for (const access of [source, destination]) await createBucket(access, bucket)
    const keyOf = (index: number): string => madeUpKey(index, wanted.sizeBytes(index))
    await putManifests(source, { bucket, prefix: manifestPrefix }, objects, signal, keyOf)
    const task = {
      source: { ...source, bucket },
      destination: { ...destination, bucket },
      prefix: null,
      manifestPrefix,
      concurrency,
      directory,
      keysFile: null,
    }
    const invocation = found.client.invocation(task, found.executable)
    const measured = await runMeasured(invocation, { directory, signal, timeoutMs: limitMs ?? 7_200_000 })
    signal.throwIfAborted()
    const said = (await readFile(measured.stderrFile, 'utf8')).trim().split('\n').at(-1)!
    const { summary } = readEvents(await readFile(measured.stdoutFile, 'utf8'))
    const { wallMs, cpuMs, peakMemoryBytes, memoryCurve: curve } = measured
    const copied = summary?.completed ?? null
    const cpuPerObjectUs = copied && cpuMs !== null ? (cpuMs * 1_000) / copied : null
    const failure = whyFailed(wanted, measured, copied ?? 0, said)
    return { name, concurrency, objects, copied, wallMs, cpuPerObjectUs, peakMemoryBytes, curve, failure }
  } finally {
    await pair.close()
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
  }
}

function whyFailed(
  { limitMs, objects }: MemoryCase,
  { timedOut, exitCode }: { exitCode: number | null; timedOut: boolean },
  copied: number,
  said: string,
): string | null {
  if (timedOut) return limitMs === null ? 'did not end in time' : null
  if (exitCode !== 0) return `ended with exit code ${exitCode}: ${said}`
  return copied === objects ? null : `copied ${copied} of ${objects} objects`
}
