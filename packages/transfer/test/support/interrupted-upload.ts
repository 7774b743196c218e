import type { AttemptRunner, UploadLedger } from '../../src/index.js'
import { bodyOf } from './objects.js'
import { putPartsInSandbox } from './put-parts-in-sandbox.js'
import { sandboxPair } from './sandbox-pair.js'

const MIB = 1024 ** 2

/** A ledger in memory. */
export function memoryLedger(): { map: Map<string, object>; uploads: UploadLedger } {
  const map = new Map<string, object>()
  const uploads: UploadLedger = {
    put: (key, value) => void map.set(key, structuredClone(value)),
    get: (key) => map.get(key),
    delete: (key) => void map.delete(key),
    entries: () => map.entries(),
  }
  return { map, uploads }
}

/** Stops a copy when its first part has been copied. */
export function untilFirstPart(stop: AbortController): AttemptRunner {
  return {
    async run(attempt) {
      const result = await attempt(stop.signal)
      if (result.ok && result.bytes !== undefined) stop.abort()
      return { ...result, attempts: 1 }
    },
  }
}

/** Two sandboxes and a ledger: of three parts of `k`, one has come to `there/ü` before the copy was stopped. */
export async function interruptedUpload() {
  const pair = await sandboxPair()
  const body = bodyOf(10 * MIB + 7)
  const etag = await putPartsInSandbox(pair.source, 'from', 'k', body, 5 * MIB)
  const { map, uploads } = memoryLedger()
  const stop = new AbortController()
  const job = { key: 'k', destinationKey: 'there/ü' }
  const copier = () => pair.copier({ uploads, partConcurrency: 1 })
  await copier().copy(job, untilFirstPart(stop))
  return { ...pair, body, etag, map, uploads, job, copier }
}
