import { TransferError } from './errors.js'
import { whole, type EndpointOptions, type ResolvedEndpoint } from './options.js'
import { resolveEndpoint } from './resolve-endpoint.js'

const MIB = 1024 * 1024
const GIB = 1024 * MIB

/** What a copier is made of. */
export interface CopierOptions {
  source: EndpointOptions
  destination: EndpointOptions
  /** Most connections to each side; opened only as needed. At least the number of copies run at once. Default 1,024; 1 to 65,535. */
  connections?: number
  /** Most bytes of small bodies held in memory at once; beyond it they are streamed. Default 64 MiB; at least 0. */
  bufferBudgetBytes?: number
}

/** {@link CopierOptions} with nothing left to decide. */
export interface ResolvedCopier {
  source: ResolvedEndpoint
  destination: ResolvedEndpoint
  connections: number
  bufferBudgetBytes: number
}

/**
 * Completes and checks the options; pure.
 *
 * @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION`, `LAGOON_TRANSFER_ENDPOINT_MALFORMED`, `LAGOON_TRANSFER_SAME_BUCKET`
 */
export function resolveCopier(options: CopierOptions): ResolvedCopier {
  const resolved: ResolvedCopier = {
    source: resolveEndpoint(options.source),
    destination: resolveEndpoint(options.destination),
    connections: whole('connections', options.connections, 1024, 1, 65_535),
    bufferBudgetBytes: whole('bufferBudgetBytes', options.bufferBudgetBytes, 64 * MIB, 0, 64 * GIB),
  }
  if (isSameBucket(resolved.source, resolved.destination))
    throw new TransferError(
      'LAGOON_TRANSFER_SAME_BUCKET',
      `source and destination are the same bucket '${resolved.source.bucket}' of the same endpoint`,
      'Name another bucket or another endpoint for one of them.',
    )
  return resolved
}

/** True if both sides are one bucket as far as their addresses tell. */
export function isSameBucket(source: ResolvedEndpoint, destination: ResolvedEndpoint): boolean {
  return source.bucket === destination.bucket && addressOf(source) === addressOf(destination)
}

function addressOf({ endpointUrl, region }: ResolvedEndpoint): string {
  return endpointUrl === undefined ? `aws ${region}` : endpointUrl.replace('//localhost', '//127.0.0.1')
}
