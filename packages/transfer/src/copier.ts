import type { AttemptFailure, AttemptRunner } from './attempt.js'
import { BufferPool } from './buffer-pool.js'
import { resolveCopier, type CopierOptions } from './copier-options.js'
import { JobCopier } from './copy-job.js'
import type { ObjectRequest } from './copy-object.js'
import { encodeKey, encodeQueryValue } from './encode-key.js'
import { Endpoint } from './endpoint.js'
import { mapKey } from './map-key.js'
import type { RelayContext } from './relay.js'
import { checkTraffic, type TrafficLimits } from './traffic-limits.js'

/** One object to copy. */
export interface CopyJob {
  /** Key at the source, byte for byte. */
  key: string
  /** Key at the destination. Default: the source's, mapped by the copier's options. */
  destinationKey?: string
  /** Version at the source. Default: the current one. */
  versionId?: string
  /** Size in bytes if it is known; only a hint. */
  sizeBytes?: number
}

/** What became of a job. Failures are data; `copy` rejects only for a defect. */
export type CopyResult =
  | {
      ok: true
      bytes: number
      /** ETag at the destination, without quotes. */
      etag: string
      /** See `Verification`. */
      verification: string
      attempts: number
      /** True if nothing was copied because the destination has the object. */
      skipped?: boolean
    }
  | { ok: false; failure: AttemptFailure; attempts: number }

/** Copies objects from one bucket to another. */
export interface Copier {
  /** Copies one object; the runner decides when each attempt runs and how often. */
  copy(job: CopyJob, runner: AttemptRunner, signal?: AbortSignal): Promise<CopyResult>
  /** HTTP requests sent so far. */
  readonly requests: { readonly source: number; readonly destination: number }
  /**
   * Changes the caps of both sides while copies go on: each side has them to itself, over all that this copier does.
   *
   * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`; nothing is changed then
   */
  limitTraffic(limits: TrafficLimits): void
  /** Closes all connections. Copies still under way fail. */
  close(): Promise<void>
}

/**
 * Opens nothing yet: connections and credentials come with the first copy.
 *
 * @throws TransferError for impossible options: see {@link resolveCopier}
 */
export function createCopier(options: CopierOptions): Copier {
  const settings = resolveCopier(options)
  const source = new Endpoint(settings.source, settings.connections)
  const destination = new Endpoint(settings.destination, settings.connections)
  const context: RelayContext = { source, destination, buffers: new BufferPool(settings.bufferBudgetBytes) }
  const jobs = new JobCopier(context, settings)

  return {
    async copy(job, runner, signal) {
      const destinationKey = job.destinationKey ?? mapKey(job.key, settings.mapping)
      if (destinationKey === null) return { ok: false, failure: outsidePrefix(job.key), attempts: 0 }
      const request = requestOf(job, destinationKey, source, destination)
      if ('class' in request) return { ok: false, failure: request, attempts: 0 }
      return jobs.copy({ job, request, destinationKey, runner, signal })
    },
    requests: {
      get source() {
        return source.requests
      },
      get destination() {
        return destination.requests
      },
    },
    limitTraffic(limits) {
      checkTraffic(limits)
      source.limitTraffic(limits)
      destination.limitTraffic(limits)
    },
    async close() {
      await Promise.all([source.close(), destination.close()])
    },
  }
}

const MAX_KEY_BYTES = 1024

function requestOf(
  { key, versionId }: CopyJob,
  destinationKey: string,
  source: Endpoint,
  destination: Endpoint,
): ObjectRequest | AttemptFailure {
  try {
    const request = {
      name: key,
      sourcePath: source.pathOf(encodeKey(key)),
      sourceQuery: versionId === undefined ? '' : `versionId=${encodeQueryValue(versionId)}`,
      destinationPath: destination.pathOf(encodeKey(destinationKey)),
    }
    if (key === '' || destinationKey === '') return badKey('source', key, 'is empty')
    if (isTooLong(key)) return badKey('source', key, 'is longer than 1,024 bytes')
    if (isTooLong(destinationKey)) return badKey('destination', destinationKey, 'is longer than 1,024 bytes')
    return request
  } catch {
    return badKey('source', key, 'has no form in UTF-8')
  }
}

function isTooLong(key: string): boolean {
  return key.length * 3 > MAX_KEY_BYTES && Buffer.byteLength(key) > MAX_KEY_BYTES
}

function badKey(side: 'source' | 'destination', key: string, what: string): AttemptFailure {
  const code = what.startsWith('is longer') ? 'KeyTooLongError' : 'InvalidKey'
  return { class: 'permanent', side, code, message: `the key ${JSON.stringify(key)} ${what}` }
}

function outsidePrefix(key: string): AttemptFailure {
  const message = `the key ${JSON.stringify(key)} does not begin with the prefix to strip`
  return { class: 'permanent', side: 'source', code: 'KeyOutsidePrefix', message }
}
