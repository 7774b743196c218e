import { readFile } from 'node:fs/promises'
import { quantileSorted } from 'd3-array'
import type { Timeline } from '../report/timeline.js'

/** Durations of single objects from the product's report, including retries. */
export interface LatencySummary {
  objects: number
  p50Ms: number
  p90Ms: number
  p99Ms: number
  maxMs: number
}

/** The product's last line under `--json`, as far as the bench needs it. */
interface ProductSummary {
  completed: number
  skipped: number
  failed: number
  bytes: number
  durationMs: number
  requests: { source: number; destination: number }
}

/** Parses the product's events: its timeline, and its summary if there is one. Other lines are ignored. */
export function readEvents(ndjson: string): { timeline: Timeline; summary: ProductSummary | null } {
  const timeline: Timeline = { progress: [], decisions: [] }
  let summary: ProductSummary | null = null
  let timeMs = 0
  for (const line of ndjson.split('\n')) {
    const event = parseEvent(line)
    if (event === null) continue
    if (event['type'] === 'progress') {
      timeMs = Number(event['durationMs'])
      timeline.progress.push({
        timeMs,
        objectsPerSecond: Number(event['objectsPerSecond']),
        bytesPerSecond: Number(event['bytesPerSecond']),
        inFlight: Number(event['inFlight']),
        limit: Number(event['limit']),
        completed: Number(event['completed']),
        bytes: Number(event['bytes']),
        throttled: Number(event['throttled'] ?? 0),
      })
    } else if (event['type'] === 'decision') {
      timeline.decisions.push({
        // A decision has no time of its own: it belongs to the latest progress before it.
        timeMs: typeof event['durationMs'] === 'number' ? event['durationMs'] : timeMs,
        action: String(event['action']),
        limit: Number(event['limit']),
        previous: Number(event['previous']),
        reason: String(event['reason']),
      })
    } else if (event['type'] === 'summary') {
      summary = event as unknown as ProductSummary
    }
  }
  return { timeline, summary }
}

/** Percentiles of `durationMs` over the copied objects of a `.jsonl` report; `null` if there are none. */
export async function readLatencies(reportFile: string): Promise<LatencySummary | null> {
  const text = await readFile(reportFile, 'utf8').catch(() => '')
  const durations: number[] = []
  for (const line of text.split('\n')) {
    const row = parseEvent(line)
    if (row?.['outcome'] === 'copied' && typeof row['durationMs'] === 'number')
      durations.push(row['durationMs'])
  }
  if (durations.length === 0) return null
  const sorted = durations.sort((a, b) => a - b)
  return {
    objects: sorted.length,
    p50Ms: quantileSorted(sorted, 0.5)!,
    p90Ms: quantileSorted(sorted, 0.9)!,
    p99Ms: quantileSorted(sorted, 0.99)!,
    maxMs: sorted[sorted.length - 1]!,
  }
}

/** The event of a line; null for text and for a line that was cut. */
export function parseEvent(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    return JSON.parse(line) as Record<string, unknown>
  } catch {
    return null
  }
}
