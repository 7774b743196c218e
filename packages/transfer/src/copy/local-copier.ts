import type { AttemptRunner } from '../contract/attempt.js'
import { BufferPool } from '../relay/buffer-pool.js'
import type { CopyEngine, CopyJob, CopyResult, TrafficLimits } from '../contract/copier.js'
import type { ResolvedCopier } from '../options/copier-options.js'
import { ObjectCopy } from './object-copy.js'
import { encodeKey, encodeQueryValue } from '../protocol/encode-key.js'
import { Endpoint } from '../s3/endpoint.js'
import type { CopierCaps } from '../s3/rate-cap.js'

/** Most bytes of buffers kept for reuse; fewer if the budget is small, such as the share of one thread among many. */
const MAX_IDLE_BYTES = 16 * 1024 * 1024

/** Copies in the thread that created it. */
export class LocalCopier implements CopyEngine {
  readonly requests: { readonly source: number; readonly destination: number }
  readonly #source: Endpoint
  readonly #destination: Endpoint
  readonly #copies: ObjectCopy

  /** @param caps state of the caps, shared by copiers in several threads */
  constructor(settings: ResolvedCopier, caps: CopierCaps) {
    const { connections, bufferBudgetBytes } = settings
    const source = new Endpoint(settings.source, 'source', connections, caps.source)
    const destination = new Endpoint(settings.destination, 'destination', connections, caps.destination)
    this.#source = source
    this.#destination = destination
    const buffers = new BufferPool(bufferBudgetBytes, Math.min(MAX_IDLE_BYTES, bufferBudgetBytes / 4))
    this.#copies = new ObjectCopy({ source, destination, buffers }, settings)
    this.requests = {
      get source() {
        return source.requests
      },
      get destination() {
        return destination.requests
      },
    }
  }

  copy(
    job: CopyJob,
    destinationKey: string,
    runner: AttemptRunner,
    signal: AbortSignal | undefined,
    onBytes?: (bytes: number) => void,
  ): Promise<CopyResult> {
    const { key, versionId } = job
    const request = {
      name: key,
      sourcePath: this.#source.pathOf(encodeKey(key)),
      sourceQuery: versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`,
      destinationPath: this.#destination.pathOf(encodeKey(destinationKey)),
      onBytes,
    }
    return this.#copies.copy({ job, request, destinationKey, runner, signal })
  }

  limitTraffic(limits: TrafficLimits): void {
    this.#source.limitTraffic(limits)
    this.#destination.limitTraffic(limits)
  }

  async close(): Promise<void> {
    await Promise.all([this.#source.close(), this.#destination.close()])
  }
}
