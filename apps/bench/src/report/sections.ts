import { summarize } from '../statistics.js'
import type { BarsSection, TableSection } from './report.js'

/** A table with a column for each entry: its heading, and the cell of a row. */
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

/** Bars of the medians of repeated values; entries without values are omitted. */
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
