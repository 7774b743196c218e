import { markdownTable } from 'markdown-table'
import stringWidth from 'string-width'
import type { Report, TableSection } from './report.js'

/** A report for a terminal. Its tables are Markdown, ready to be pasted into a document. */
export function renderText(report: Report, machine: string): string {
  const tables = report.sections.filter((section) => section.type === 'table' && !section.folded)
  return [
    ...(tables as TableSection[]).flatMap((section) => [section.title, '', textTable(section), '']),
    ...(report.notes ?? []).map((note) => `Note: ${note}`),
    report.headline,
    machine,
  ].join('\n')
}

/** The first column is left-aligned, the others right-aligned, which suits figures. */
export function textTable({ header, rows }: Pick<TableSection, 'header' | 'rows'>): string {
  const align = header.map((_, column) => (column === 0 ? 'l' : 'r'))
  return markdownTable(
    [header, ...rows].map((row) => [...row]),
    { align, stringLength: stringWidth },
  )
}
