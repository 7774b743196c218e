import { whole } from './endpoint-options.js'

/** Caps of an endpoint, each a whole number of at least 1, or null for none; an omitted cap stays as it is. */
export interface TrafficLimits {
  /** Bytes of objects per second. */
  readonly maxBytesPerSecond?: number | null
  readonly maxRequestsPerSecond?: number | null
}

/** @throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` */
export function checkTraffic({ maxBytesPerSecond, maxRequestsPerSecond }: TrafficLimits): void {
  checkCap('maxBytesPerSecond', maxBytesPerSecond ?? undefined)
  checkCap('maxRequestsPerSecond', maxRequestsPerSecond ?? undefined)
}

/** Checks a cap. Throws TransferError `LAGOON_TRANSFER_INVALID_OPTION` unless it is a whole number of at least 1. */
export function checkCap(name: string, perSecond: number | undefined): number | undefined {
  return perSecond === undefined ? undefined : whole(name, perSecond, 0, 1, Number.MAX_SAFE_INTEGER)
}
