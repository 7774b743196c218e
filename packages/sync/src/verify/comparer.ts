import { mapKey, type Inspector, type KeyMapping } from '@lagoon/transfer'
import type { AttemptFailure, CopierPort, CopyResult } from '../ports/copier.js'
import { compareObjects, type Comparison, type Evidence } from './compare-objects.js'

/** How many objects were found identical, by what proves it. */
export type EvidenceCounts = Record<Evidence, number>

/**
 * Compares where a copier copies, so that the pipeline verifies as it syncs: its attempts are HEADs, each under a permit, and an object
 * that is identical on both sides counts as copied.
 */
export class Comparer implements CopierPort {
  readonly #inspector: Inspector
  readonly #comparison: Comparison
  readonly #mapping: KeyMapping
  readonly counts: EvidenceCounts = { etag: 0, checksum: 0, size: 0 }

  constructor(inspector: Inspector, comparison: Comparison, mapping: KeyMapping) {
    this.#inspector = inspector
    this.#comparison = comparison
    this.#mapping = mapping
  }

  get requests() {
    return this.#inspector.requests
  }

  readonly copy: CopierPort['copy'] = async (job, runner): Promise<CopyResult> => {
    const { key, versionId } = job
    const copyKey = job.destinationKey ?? mapKey(key, this.#mapping)
    if (copyKey === null) {
      const message = `the key ${JSON.stringify(key)} does not begin with the prefix to strip`
      return failed({ class: 'permanent', side: 'source', code: 'KeyOutsidePrefix', message }, 0)
    }
    const object = versionId === undefined ? { key } : { key, versionId }
    const [original, copy] = await Promise.all([
      runner.run((signal) => this.#inspector.head('source', object, signal)),
      runner.run((signal) => this.#inspector.head('destination', { key: copyKey }, signal)),
    ])
    const attempts = Math.max(original.attempts, copy.attempts)
    if (!original.ok) return failed(original.failure, attempts)
    if (!copy.ok) return failed(copy.failure, attempts)
    const verdict = compareObjects(original.value, copy.value, this.#comparison)
    if (!verdict.same) {
      const { code, message } = verdict
      const missing = original.value === null
      const side = missing ? 'source' : 'destination'
      return failed({ class: missing ? 'missing' : 'permanent', side, code, message }, attempts)
    }
    this.counts[verdict.by] += 1
    const { sizeBytes, etag } = verdict.object
    return { ok: true, bytes: sizeBytes, etag, verification: verdict.by, attempts }
  }
}

function failed(failure: AttemptFailure, attempts: number): CopyResult {
  return { ok: false, failure, attempts }
}
