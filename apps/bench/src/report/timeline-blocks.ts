import type { Timeline } from '../run/sample.js'
import type { Block, LinesBlock } from './page.js'

/** A run of the product over time, with the controller's reasons marked, and every decision. Two points are the least that make a line. */
export function timelineBlocks(title: string, timeline: Timeline | null): Block[] {
  if (timeline === null || timeline.progress.length < 2) return []
  const { progress, decisions } = timeline
  const plot: LinesBlock = {
    type: 'lines',
    title,
    x: { label: 'seconds', values: progress.map(({ timeMs }) => timeMs / 1000) },
    axes: { left: 'objects/s', right: 'requests in flight' },
    lines: [
      { label: 'objects/s', axis: 'left', values: progress.map(({ objectsPerSecond }) => objectsPerSecond) },
      { label: 'in flight', axis: 'right', values: progress.map(({ inFlight }) => inFlight) },
      { label: 'limit', axis: 'right', values: progress.map(({ limit }) => limit), dashed: true },
    ],
    marks: decisions
      .filter(({ action }) => action !== 'hold')
      .map(({ timeMs, action, limit, previous, reason }) => ({
        x: timeMs / 1000,
        kind: action === 'increase' ? 'up' : 'down',
        text: `${previous} → ${limit}, ${reason}`,
      })),
  }
  if (decisions.length === 0) return [plot]
  const rows = decisions.map(({ timeMs, action, previous, limit, reason }) => [
    (timeMs / 1000).toFixed(1),
    action,
    String(previous),
    String(limit),
    reason,
  ])
  const header = ['seconds', 'action', 'from', 'to', 'reason']
  return [plot, { type: 'table', title: `${title}: every decision`, header, rows, folded: true }]
}
