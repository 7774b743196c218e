import type { Timeline } from '../run/read-events.js'
import { summarize } from '../statistics.js'
import type { BarsSection, Section, TableSection } from './report.js'

/** A table with a column for each entry: its heading, and what a row shows there. */
export function table<Row>(
  title: string,
  rows: readonly Row[],
  columns: Readonly<Record<string, (row: Row, index: number) => string>>,
  folded = false,
): TableSection {
  return {
    type: 'table',
    title,
    header: Object.keys(columns),
    rows: rows.map((row, index) => Object.values(columns).map((cell) => cell(row, index))),
    ...(folded ? { folded } : {}),
  }
}

/** Bars of the medians of repeated values; whoever has none is left out. */
export function bars(
  title: string,
  better: 'lower' | 'higher',
  series: readonly { label: string; values: readonly (number | null)[]; own: boolean }[],
  text: (value: number) => string,
): BarsSection {
  return {
    type: 'bars',
    title,
    better,
    bars: series.flatMap(({ label, values, own }) => {
      const summary = summarize(values)
      if (summary === null) return []
      const { median: value, min, max } = summary
      return [{ label, value, min, max, text: text(value), own }]
    }),
  }
}

/** A run of the product over time, with the controller's reasons marked, and every decision. */
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
