import { SyncError } from '../ports/errors.js'
import type { ProbeResult } from '../copy/run-trouble.js'
import { asSyncError } from '../as-sync-error.js'

type Side = 'source' | 'destination'

const POLL_MS = 2000

interface WorkerTroubleOptions {
  readonly probe: (side: Side) => Promise<ProbeResult>
  /** How long a store that can't be reached is waited for, ms. */
  readonly patienceMs: number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  readonly signal: AbortSignal
  /** Ends this worker; others go on. */
  readonly stop: (error: SyncError) => void
}

/** Tells trouble that only this worker has from that of an object or a manifest: what others can do is not recorded as failed. */
export class WorkerTrouble {
  readonly #options: WorkerTroubleOptions
  #probing: Promise<void> | null = null

  constructor(options: WorkerTroubleOptions) {
    this.#options = options
  }

  /** An object failed because a store could not be reached, for as long as outages are waited out. */
  noteUnreachable(message: string): void {
    this.#probing ??= this.#probe(message).finally(() => (this.#probing = null))
  }

  /** Resolves when it is known whether the stores that could not be reached are this worker's trouble. */
  async judged(): Promise<void> {
    await this.#probing
  }

  async #probe(message: string): Promise<void> {
    const { probe, stop } = this.#options
    const results = await Promise.all([probe('source'), probe('destination')])
    if (results.every((result) => result === 'good')) return
    const side = results[0] === 'good' ? 'destination' : 'source'
    stop(unreachable(`${side}: ${message}`))
  }

  /** True when it is the manifest that can't be read; false when the item is to be given out again. */
  async isOfManifest(error: unknown): Promise<boolean> {
    const { probe, patienceMs, sleep, signal, stop } = this.#options
    if ((error as { code?: string }).code !== 'LAGOON_MANIFEST_UNREADABLE' && isManifestError(error))
      return true
    let result = await probe('source')
    if (result === 'good') return true
    const since = performance.now()
    while (result === 'unknown' && performance.now() - since < patienceMs && !signal.aborted) {
      await sleep(POLL_MS, signal)
      result = await probe('source')
    }
    if (result !== 'good') stop(asSyncError(error, 'store'))
    return false
  }
}

function isManifestError(error: unknown): boolean {
  return ((error as { code?: string }).code ?? '').startsWith('LAGOON_MANIFEST_')
}

function unreachable(message: string): SyncError {
  return new SyncError('LAGOON_SYNC_STORE_UNREACHABLE', message, {
    reason: 'store',
    hint: 'Check the network of this machine; other workers continue its items.',
  })
}
