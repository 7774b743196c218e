/** The description of a result as data: commands describe, and there is one renderer for terminals and one for HTML. */
export interface Report {
  title: string
  /** The finding, in a sentence or two. */
  headline: string
  /** Largest spread of repeated measurements, as a share of their median. */
  spread?: number | undefined
  /** Facts of this command, before those of the machine. */
  facts?: readonly ReportFact[]
  sections: readonly Section[]
  /** What a reader must know about the figures: missing peers, failed runs. */
  notes?: readonly string[]
}

export type ReportFact = readonly [name: string, value: string]

export type Section = TableSection | BarsSection | LinesSection | ScatterSection

export interface TableSection {
  type: 'table'
  title: string
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** Collapsed by default; a terminal omits it. */
  folded?: boolean
}

/** Horizontal bars with the range of the repeats as a whisker. */
export interface BarsSection {
  type: 'bars'
  title: string
  /** Whether a shorter bar is better; stated under the title. */
  better: 'lower' | 'higher'
  bars: readonly { label: string; value: number; min: number; max: number; text: string; own: boolean }[]
}

/** Lines over a shared x, each on the left or the right axis; marks are events at an x with a reason. */
export interface LinesSection {
  type: 'lines'
  title: string
  x: { label: string; values: readonly number[] }
  axes: { left: string; right?: string }
  lines: readonly {
    label: string
    axis: 'left' | 'right'
    values: readonly (number | null)[]
    dashed?: boolean
  }[]
  marks?: readonly { x: number; kind: 'up' | 'down' | 'note'; text: string }[]
  /** Why there may be nothing to draw, such as `the run was over within a second`. */
  whyEmpty: string
}

/** Points, some of them joined as the front that no other point beats. */
export interface ScatterSection {
  type: 'scatter'
  title: string
  x: string
  y: string
  points: readonly { x: number; y: number; label: string; front: boolean }[]
  whyEmpty: string
}
