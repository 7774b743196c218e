import type { TrafficLimits } from '../contract/copier.js'
import { whole } from '../contract/check-options.js'

/** @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` */
export function checkTraffic({ maxBytesPerSecond, maxRequestsPerSecond }: TrafficLimits): void {
  checkCap('maxBytesPerSecond', maxBytesPerSecond ?? undefined)
  checkCap('maxRequestsPerSecond', maxRequestsPerSecond ?? undefined)
}

/** Checks a cap. Throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` unless it is a whole number of at least 1. */
export function checkCap(name: string, perSecond: number | undefined): number | undefined {
  return perSecond === undefined ? undefined : whole(name, perSecond, 0, 1, Number.MAX_SAFE_INTEGER)
}
