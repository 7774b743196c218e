/** A table in plain text. The first column is left-aligned, the others right-aligned, as figures want it. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(width(title), ...rows.map((row) => width(row[column] ?? ''))),
  )
  const line = (cells: readonly string[]): string =>
    widths
      .map((columnWidth, column) => {
        const cell = cells[column] ?? ''
        const padding = ' '.repeat(columnWidth - width(cell))
        return column === 0 ? cell + padding : padding + cell
      })
      .join('  ')
      .trimEnd()
  return [
    line(header),
    widths.map((columnWidth) => '─'.repeat(columnWidth)).join('  '),
    ...rows.map(line),
  ].join('\n')
}

/** Code points, not UTF-16 units: `µ` and `×` take one cell each. */
function width(text: string): number {
  return Array.from(text).length
}
