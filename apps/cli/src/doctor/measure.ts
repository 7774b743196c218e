import { performance } from 'node:perf_hooks'
import { formatBytes, formatDuration } from '../text/format.js'

const roundTrips = 5

/** The median time of a few requests, one after another. */
export async function measureRoundTrip(request: () => Promise<unknown>): Promise<string> {
  const times: number[] = []
  for (let count = 0; count < roundTrips; count += 1) {
    const startedAt = performance.now()
    await request()
    times.push(performance.now() - startedAt)
  }
  times.sort((a, b) => a - b)
  return `${formatDuration(times[Math.floor(roundTrips / 2)]!)} for a HEAD, the median of ${roundTrips}`
}

/** What one connection moves. @param transfer answers with the bytes that it moved */
export async function measureBandwidth(transfer: () => Promise<number>): Promise<string> {
  const startedAt = performance.now()
  const bytes = await transfer()
  const durationMs = Math.max(performance.now() - startedAt, 1)
  return `${formatBytes(bytes)} with one connection at ${formatBytes((1000 * bytes) / durationMs)}/s`
}
