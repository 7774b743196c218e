import { findProduct } from '../clients/find-product.js'
import { captureEnvironment, type Environment } from '../environment.js'
import { bytes } from '../format.js'
import { measureCase, type MemoryResult } from '../memory/measure-case.js'
import type { MemoryCase } from '../memory/memory-case.js'
import { createProgress } from '../progress.js'
import type { Session } from '../session.js'
import { serveCertificate } from '../stores/certificate.js'

export interface MemoryRuns {
  kind: 'memory'
  command: string
  environment: Environment
  durationMs: number
  results: MemoryResult[]
}

/** How much memory the product takes: for the same objects many times over, and for mixes of sizes. */
export async function memory(
  options: { cases: readonly MemoryCase[]; tls: boolean; command: string },
  session: Session,
): Promise<MemoryRuns> {
  const startedAt = performance.now()
  const found = await findProduct()
  const environment = await captureEnvironment(
    `two sandboxes on this machine${options.tls ? ', TLS' : ''}: one makes objects up, the other keeps no bytes`,
    { lagoon: found.version },
  )
  const tls = options.tls ? await serveCertificate(session) : null
  const progress = createProgress(options.cases.length)
  const results: MemoryResult[] = []
  for (const wanted of options.cases) {
    const result = await measureCase(wanted, { found, tls, session })
    results.push(result)
    progress.step(`${wanted.name}, ${wanted.concurrency} in flight: ${bytes(result.peakMemoryBytes)}`)
  }
  return {
    kind: 'memory',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    results,
  }
}
