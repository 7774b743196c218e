import { milliseconds, number, percent } from '../format.js'
import type { LoadProbe } from './fit-backend.js'

/** Within this fraction of the best counts as equally good. */
const nearlyBest = 0.95

/** The lowest number in flight with nearly the best goodput; `null` without a probe that copied anything. */
export function enoughInFlight(probes: readonly LoadProbe[]): LoadProbe | null {
  const rising = probes.toSorted((a, b) => a.concurrency - b.concurrency)
  const best = Math.max(0, ...rising.map(({ objectsPerSecond }) => objectsPerSecond))
  return rising.find(({ objectsPerSecond }) => best > 0 && objectsPerSecond >= best * nearlyBest) ?? null
}

/** The curve of goodput over requests in flight, in words. */
export function describeCurve(probes: readonly LoadProbe[]): string {
  const enough = enoughInFlight(probes)
  const highest = probes.toSorted((a, b) => a.concurrency - b.concurrency).at(-1)
  if (enough === null || highest === undefined) return 'No probe copied anything.'
  const best = probes.reduce((a, b) => (b.objectsPerSecond > a.objectsPerSecond ? b : a))
  const rate = `${number(best.objectsPerSecond)} objects per second`
  if (enough === highest)
    return `${highest.concurrency} in flight is the most that was tried and the fastest, ${rate}: more may give more (--probes).`
  const share =
    enough === best
      ? `${enough.concurrency} in flight gives the most, ${rate}`
      : `${enough.concurrency} in flight gives ${percent(enough.objectsPerSecond / best.objectsPerSecond)} of the best, which is ${rate}`
  return `${share}; ${whatMoreBrings(enough, highest, best)}.`
}

function whatMoreBrings(enough: LoadProbe, highest: LoadProbe, best: LoadProbe): string {
  const { concurrency, throttledShare } = highest
  if (throttledShare > 0.01)
    return `at ${concurrency} the stores refuse ${percent(throttledShare)} of the requests`
  const kept = highest.objectsPerSecond / best.objectsPerSecond
  const [from, to] = [enough.p50Ms, highest.p50Ms]
  const slower = from !== null && to !== null && to > from
  const waits = slower ? ` (an object takes ${milliseconds(to)} instead of ${milliseconds(from)})` : ''
  if (kept < nearlyBest) return `${concurrency} loses ${percent(1 - kept)}${waits}`
  return `${concurrency} only adds ${slower ? 'latency' : 'requests in flight'}${waits}`
}
