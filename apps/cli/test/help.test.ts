import { expect, test } from 'vitest'
import { commandNames } from '../src/commands/catalogue.js'
import { columns, wrapLine } from '../src/options/columns.js'
import { helpText } from '../src/options/help.js'

test.each([80, 120, 300])('no line of any help is wider than a terminal of %i columns', (width) => {
  for (const command of [undefined, ...commandNames]) {
    // An example is a command to copy, and is never broken.
    const text = helpText(command, width).split('\nExamples:')[0]!
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(Math.min(width, 120))
  }
})

test('the right column goes on under itself, and a long left part stands alone', () => {
  const rows = [
    ['  --a', 'one two three'],
    ['  --much-longer-than-half', 'four'],
  ] as const
  expect(columns(rows, 22)).toBe(
    ['  --a        one two', '             three', '  --much-longer-than-half', '             four'].join(
      '\n',
    ),
  )
})

test('a line that is wrapped keeps where it begins, and a word too long is left whole', () => {
  expect(wrapLine('  aa bb cccccccc d', 6)).toBe('  aa\n  bb\n  cccccccc\n  d')
})
