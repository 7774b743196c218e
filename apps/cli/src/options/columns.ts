const gap = 2

/**
 * Rows of two columns, the right one wrapped at the width. A left part that would take more than half of it stands on a line of its
 * own. For plain text: every character counts as one column.
 */
export function columns(rows: readonly (readonly [left: string, right: string])[], width: number): string {
  const longest = Math.max(0, ...rows.map(([left]) => left.length))
  const at = Math.min(longest, Math.floor(width / 2)) + gap
  return rows
    .map(([left, right]) => {
      const lines = wrap(right, width - at).map((line) => ' '.repeat(at) + line)
      return left.length + gap > at ? [left, ...lines].join('\n') : left + lines.join('\n').slice(left.length)
    })
    .join('\n')
}

/** The words of a line in lines of at most the width; a longer word stands alone. Lines go on where the first begins. */
export function wrapLine(text: string, width: number): string {
  const indent = /^ */.exec(text)![0]
  return wrap(text.trim(), width - indent.length)
    .map((line) => indent + line)
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
