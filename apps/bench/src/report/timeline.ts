import type { Section } from './report.js'
import { table } from './sections.js'

/** A run of the product, second by second, from its events. */
export interface Timeline {
  progress: {
    timeMs: number
    objectsPerSecond: number
    bytesPerSecond: number
    inFlight: number
    limit: number
    /** Objects and bytes copied so far. */
    completed: number
    bytes: number
    /** Refused attempts so far. */
    throttled: number
  }[]
  decisions: { timeMs: number; action: string; limit: number; previous: number; reason: string }[]
}

/** A run of the product over time, with the controller's reasons as marks, and every decision. */
export function timeline(title: string, run: Timeline | null): Section[] {
  if (run === null) return []
  const { progress, decisions } = run
  const of = (figure: (point: Timeline['progress'][number]) => number): number[] => progress.map(figure)
  return [
    {
      type: 'lines',
      title,
      x: { label: 'seconds', values: of(({ timeMs }) => timeMs / 1000) },
      axes: { left: 'objects/s', right: 'requests in flight' },
      lines: [
        { label: 'objects/s', axis: 'left', values: of(({ objectsPerSecond }) => objectsPerSecond) },
        { label: 'in flight', axis: 'right', values: of(({ inFlight }) => inFlight) },
        { label: 'limit', axis: 'right', values: of(({ limit }) => limit), dashed: true },
      ],
      marks: decisions
        .filter(({ action }) => action !== 'hold')
        .map(({ timeMs, action, limit, previous, reason }) => ({
          x: timeMs / 1000,
          kind: action === 'increase' ? 'up' : 'down',
          text: `${previous} → ${limit}, ${reason}`,
        })),
      whyEmpty: 'the run ended within two seconds, and progress is reported once a second.',
    },
    ...(decisions.length === 0
      ? []
      : [
          table(
            `${title}: every decision`,
            decisions,
            {
              seconds: ({ timeMs }) => (timeMs / 1000).toFixed(1),
              action: ({ action }) => action,
              from: ({ previous }) => String(previous),
              to: ({ limit }) => String(limit),
              reason: ({ reason }) => reason,
            },
            true,
          ),
        ]),
  ]
}
