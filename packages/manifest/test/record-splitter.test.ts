import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  MAX_FIELD_BYTES,
  MAX_FIELDS,
  type RecordFormat,
  RecordSplitter,
} from '../src/lists/record-splitter.js'

const CSV: RecordFormat = { delimiter: 0x2c, quotes: true }
const LINES: RecordFormat = { delimiter: null, quotes: false }

function split(format: RecordFormat, pieces: (string | Uint8Array)[]) {
  const records: string[][] = []
  const problems: (string | null)[] = []
  const splitter = new RecordSplitter(format, ({ bytes, ends, problem }) => {
    records.push(ends.map((end, index) => bytes.toString('utf8', ends[index - 1] ?? 0, end)))
    problems.push(problem)
  })
  for (const piece of pieces) splitter.push(Buffer.from(piece as string))
  return { closed: splitter.end(), records, problems }
}

/** The text in pieces of every size up to four bytes, so that each boundary falls everywhere. */
function inPieces(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text)
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

describe('lines', () => {
  test.for<[what: string, text: string, lines: string[]]>([
    ['end in LF, CRLF, mixed, or with the text', 'a\nb\r\nc', ['a', 'b', 'c']],
    ['that are blank are skipped', '\n\na\n\r\n\nb\n\n', ['a', 'b']],
    ['keep commas, quotes, spaces and lone CRs', ' a,"b"\rc \n', [' a,"b"\rc ']],
    ['lose one CR at their end, not two', 'a\r\r\n', ['a\r']],
    ['lose a byte order mark at the very start, and no other', '\ufeffa\n\ufeffb', ['a', '\ufeffb']],
    ['of an empty text are none', '', []],
    ['of a text that is nothing but a byte order mark are none', '\ufeff', []],
  ])('%s', ([, text, lines]) => {
    for (const size of [1, 2, 3, 1_000]) {
      expect(split(LINES, inPieces(text, size)).records).toEqual(lines.map((line) => [line]))
    }
  })
})

describe('records of CSV', () => {
  test.for<[what: string, text: string, records: string[][]]>([
    [
      'hold fields between commas, also empty ones',
      'a,b,\n,\n',
      [
        ['a', 'b', ''],
        ['', ''],
      ],
    ],
    ['may quote commas, quotes and line ends', '"a,b","c""d","e\r\nf"\n', [['a,b', 'c"d', 'e\r\nf']]],
    ['keep a CR inside quotes', '"a\r"\r\n', [['a\r']]],
    ['keep a quote inside an unquoted field', 'a"b,c"\n', [['a"b', 'c"']]],
    ['may be nothing but an empty quoted field', '""\n', [['']]],
    ['may end without a line end', '"a",b', [['a', 'b']]],
  ])('%s', ([, text, records]) => {
    for (const size of [1, 2, 3, 1_000]) expect(split(CSV, inPieces(text, size)).records).toEqual(records)
  })

  test('with text after a closing quote are marked, and the next ones are whole', () => {
    const { records, problems } = split(CSV, ['"a"b,c\nd,e\n'])
    expect(problems).toEqual(['text-after-quote', null])
    expect(records[1]).toEqual(['d', 'e'])
  })

  test('whose quote is never closed end the text', () => {
    expect(split(CSV, ['a,b\n"c,d\ne,f\n'])).toMatchObject({ closed: false, records: [['a', 'b']] })
  })

  test('survive a round trip, wherever the chunks are cut', () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'é', '🐋', ',', '"', '\r', '\n', ' ', '\ufeff') })
    const records = fc.array(fc.array(field, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 7 }), (written, size) => {
        const text = written
          .map((fields) => fields.map((f) => `"${f.replaceAll('"', '""')}"`).join(','))
          .join('\n')
        expect(split(CSV, inPieces(text, size))).toMatchObject({ closed: true, records: written })
      }),
    )
  })
})

test('an unescaped quote damages only its own record', () => {
  const { records, problems, closed } = split(CSV, ['"un"escaped",1\nnext,2\n"x""y"z"w",3\nlast,4\n'])
  expect(closed).toBe(true)
  expect(problems).toEqual(['text-after-quote', null, 'text-after-quote', null])
  expect([records[1], records[3]]).toEqual([
    ['next', '2'],
    ['last', '4'],
  ])
})

test('a record that is too long is malformed, and the next one is whole', () => {
  const field = `${'x'.repeat(MAX_FIELD_BYTES)},`
  const { records, problems } = split(CSV, [`${field.repeat(20)}key\r\nnext,1\r\n`])
  expect(problems).toEqual(['record-too-long', null])
  expect(records[1]).toEqual(['next', '1'])
})

test('of a record with too many fields only a limited number is kept', () => {
  const { records, problems } = split(CSV, [`a${',b'.repeat(3 * MAX_FIELDS)}\r\nnext\r\n`])
  expect(records[0]).toHaveLength(MAX_FIELDS)
  expect(records[1]).toEqual(['next'])
  expect(problems).toEqual([null, null])
})

test('a line end after an overlong field is removed', () => {
  const { records } = split(CSV, [`${'x'.repeat(MAX_FIELD_BYTES + 1)},last\r\n`])
  expect(records[0]![1]).toBe('last')
})

test('of an overlong field only a limited length is kept, and the next record is whole', () => {
  const piece = Buffer.alloc(1_000_000, 0x78)
  const { records, problems } = split(LINES, [piece, piece, piece, '\nnext\n'])
  expect(records[0]![0]).toHaveLength(MAX_FIELD_BYTES)
  expect(problems).toEqual(['field-too-long', null])
  expect(records[1]).toEqual(['next'])
})
