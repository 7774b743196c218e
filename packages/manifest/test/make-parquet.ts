import { crc32 } from 'node:zlib'
import { type ThriftField, type ThriftValue, encodeStruct } from './thrift-writer.js'

/** A page as it is to be written, honest or not. */
export interface PageSpec {
  kind?: 'data' | 'dictionary'
  values: number
  body: Uint8Array
  encoding?: number
  uncompressedBytes?: number
  compressedBytes?: number
  crc?: number | 'right'
}

/** A file of one row group with the column `key`; everything a footer says may be overridden to lie. */
export interface FileSpec {
  pages: PageSpec[]
  /** Number of the codec; default 0, uncompressed. */
  codec?: number
  optional?: boolean
  rows?: number
  groupRows?: number
  values?: number
  dataPageOffset?: number | bigint
  compressedBytes?: number | bigint
  path?: string
  filePath?: string
  encrypted?: boolean
  schema?: ThriftValue
  rowGroups?: ThriftValue
}

/** PLAIN values. */
export function plain(values: readonly (string | Uint8Array)[]): Buffer {
  return Buffer.concat(
    values.flatMap((value) => {
      const bytes = Buffer.from(value as string)
      const length = Buffer.alloc(4)
      length.writeUInt32LE(bytes.length)
      return [length, bytes]
    }),
  )
}

/** Levels of a data page of version 1: their length, then the runs. */
export function levels(runs: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(runs.length)
  return Buffer.concat([length, runs])
}

export function makeParquet(spec: FileSpec): Buffer {
  const body = Buffer.concat([Buffer.from('PAR1'), ...spec.pages.map(makePage)])
  const dataPages = spec.pages.filter(({ kind }) => kind !== 'dictionary')
  const values = spec.values ?? dataPages.reduce((sum, page) => sum + page.values, 0)
  const rows = spec.groupRows ?? values
  const meta: ThriftField[] = [
    [1, { i32: 6 }],
    [2, { list: [{ i32: 0 }] }],
    [3, { list: [{ text: spec.path ?? 'key' }] }],
    [4, { i32: spec.codec ?? 0 }],
    [5, { i64: values }],
    [6, { i64: body.length - 4 }],
    [7, { i64: spec.compressedBytes ?? body.length - 4 }],
    [9, { i64: spec.dataPageOffset ?? 4 }],
  ]
  const chunk: ThriftField[] = [
    ...(spec.filePath === undefined ? [] : [[1, { text: spec.filePath }] as ThriftField]),
    [2, { i64: 4 }],
    [3, { struct: meta }],
    ...(spec.encrypted ? [[8, { struct: [] }] as ThriftField] : []),
  ]
  const group: ThriftField[] = [
    [1, { list: [{ struct: chunk }] }],
    [2, { i64: body.length }],
    [3, { i64: rows }],
  ]
  return withFooter(body, [
    [1, { i32: 1 }],
    [2, spec.schema ?? keySchema(spec.optional ?? false)],
    [3, { i64: spec.rows ?? rows }],
    [4, spec.rowGroups ?? { list: [{ struct: group }] }],
  ])
}

/** Any bytes before any footer. */
export function withFooter(body: Uint8Array, fields: ThriftField[]): Buffer {
  return withRawFooter(body, encodeStruct(fields))
}

export function withRawFooter(body: Uint8Array, footer: Uint8Array): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return Buffer.concat([body, footer, length, Buffer.from('PAR1')])
}

function keySchema(optional: boolean): ThriftValue {
  const root: ThriftField[] = [
    [4, { text: 'schema' }],
    [5, { i32: 1 }],
  ]
  const key: ThriftField[] = [
    [1, { i32: 6 }],
    [3, { i32: optional ? 1 : 0 }],
    [4, { text: 'key' }],
    [6, { i32: 0 }],
  ]
  return { list: [{ struct: root }, { struct: key }] }
}

function makePage(page: PageSpec): Buffer {
  const header: ThriftField[] = [
    [1, { i32: page.kind === 'dictionary' ? 2 : 0 }],
    [2, { i32: page.uncompressedBytes ?? page.body.length }],
    [3, { i32: page.compressedBytes ?? page.body.length }],
  ]
  if (page.crc !== undefined)
    header.push([4, { i32: (page.crc === 'right' ? crc32(page.body) : page.crc) | 0 }])
  if (page.kind === 'dictionary') {
    header.push([
      7,
      {
        struct: [
          [1, { i32: page.values }],
          [2, { i32: page.encoding ?? 0 }],
        ],
      },
    ])
  } else {
    const data: ThriftField[] = [
      [1, { i32: page.values }],
      [2, { i32: page.encoding ?? 0 }],
      [3, { i32: 3 }],
      [4, { i32: 3 }],
    ]
    header.push([5, { struct: data }])
  }
  return Buffer.concat([encodeStruct(header), page.body])
}

/** A file of several row groups with the column `key`, each of one page, and so many other bytes before each. */
export function makeRowGroups(groups: readonly (readonly string[])[], holeBytes: number): Buffer {
  const parts: Buffer[] = [Buffer.from('PAR1')]
  let offset = 4
  const rowGroups = groups.map((keys): ThriftValue => {
    const page = makePage({ values: keys.length, body: plain(keys) })
    parts.push(Buffer.alloc(holeBytes), page)
    const start = offset + holeBytes
    offset = start + page.length
    const meta: ThriftField[] = [
      [1, { i32: 6 }],
      [2, { list: [{ i32: 0 }] }],
      [3, { list: [{ text: 'key' }] }],
      [4, { i32: 0 }],
      [5, { i64: keys.length }],
      [6, { i64: page.length }],
      [7, { i64: page.length }],
      [9, { i64: start }],
    ]
    const chunk: ThriftField[] = [
      [2, { i64: start }],
      [3, { struct: meta }],
    ]
    return {
      struct: [
        [1, { list: [{ struct: chunk }] }],
        [2, { i64: page.length }],
        [3, { i64: keys.length }],
      ],
    }
  })
  return withFooter(Buffer.concat(parts), [
    [1, { i32: 1 }],
    [2, keySchema(false)],
    [3, { i64: groups.flat().length }],
    [4, { list: rowGroups }],
  ])
}

/** Row groups of rows with a key and a version, which may be missing; each column counts its missing values. */
export function makeVersions(groups: readonly (readonly (readonly [string, string | null])[])[]): Buffer {
  const parts: Buffer[] = [Buffer.from('PAR1')]
  let offset = 4
  const chunk = (name: string, values: readonly (string | null)[], optional: boolean): ThriftValue => {
    const present = values.filter((value) => value !== null)
    // A run for each value: its level, and that it stands once.
    const runs = Buffer.from(values.flatMap((value) => [2, value === null ? 0 : 1]))
    const body = optional ? Buffer.concat([levels(runs), plain(present)]) : plain(present)
    const page = makePage({ values: values.length, body })
    parts.push(page)
    const start = offset
    offset += page.length
    const meta: ThriftField[] = [
      [1, { i32: 6 }],
      [2, { list: [{ i32: 0 }] }],
      [3, { list: [{ text: name }] }],
      [4, { i32: 0 }],
      [5, { i64: values.length }],
      [6, { i64: page.length }],
      [7, { i64: page.length }],
      [9, { i64: start }],
      [12, { struct: [[3, { i64: values.length - present.length }]] }],
    ]
    return {
      struct: [
        [2, { i64: start }],
        [3, { struct: meta }],
      ],
    }
  }
  const rowGroups = groups.map((rows): ThriftValue => {
    const keys = chunk(
      'key',
      rows.map(([key]) => key),
      false,
    )
    const versions = chunk(
      'version_id',
      rows.map(([, version]) => version),
      true,
    )
    return {
      struct: [
        [1, { list: [keys, versions] }],
        [3, { i64: rows.length }],
      ],
    }
  })
  const column = (name: string, optional: boolean): ThriftValue => ({
    struct: [
      [1, { i32: 6 }],
      [3, { i32: optional ? 1 : 0 }],
      [4, { text: name }],
      [6, { i32: 0 }],
    ],
  })
  const root: ThriftValue = {
    struct: [
      [4, { text: 'schema' }],
      [5, { i32: 2 }],
    ],
  }
  return withFooter(Buffer.concat(parts), [
    [1, { i32: 1 }],
    [2, { list: [root, column('key', false), column('version_id', true)] }],
    [3, { i64: groups.flat().length }],
    [4, { list: rowGroups }],
  ])
}
