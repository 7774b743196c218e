/** What a report shows, as data: builders make pages of results, the renderer makes HTML of pages. */
export interface ReportPage {
  title: string
  /** One line under the title: the finding. */
  lead: string
  /** How to repeat it. */
  command: string
  facts: readonly (readonly [name: string, value: string])[]
  blocks: readonly Block[]
}

export type Block = TableBlock | BarsBlock | LinesBlock | ScatterBlock | NotesBlock

export interface TableBlock {
  type: 'table'
  title: string
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** Folded away until asked for. */
  folded?: boolean
}

/** Horizontal bars with the range of the repeats as a whisker. */
export interface BarsBlock {
  type: 'bars'
  title: string
  /** Whether a shorter bar is a better one; said under the title. */
  better: 'lower' | 'higher'
  bars: readonly { label: string; value: number; min?: number; max?: number; text: string; own?: boolean }[]
}

/** Lines over a shared x, each on the left or the right axis; marks are events at an x with a reason. */
export interface LinesBlock {
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
}

/** Points, some of them joined as the front that no other point beats. */
export interface ScatterBlock {
  type: 'scatter'
  title: string
  x: string
  y: string
  points: readonly { x: number; y: number; label: string; front: boolean }[]
}

export interface NotesBlock {
  type: 'notes'
  title: string
  notes: readonly string[]
}
