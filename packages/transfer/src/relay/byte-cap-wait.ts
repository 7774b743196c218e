import type { Endpoint } from '../s3/endpoint.js'

/** How long the caps of both sides want these bytes to wait, in milliseconds. They may change during an object. */
export function byteCapWaitMs(
  { source, destination }: { source: Endpoint; destination: Endpoint },
  bytes: number,
): number {
  if (source.byteCap === null && destination.byteCap === null) return 0
  return Math.max(source.byteCap?.take(bytes) ?? 0, destination.byteCap?.take(bytes) ?? 0)
}
