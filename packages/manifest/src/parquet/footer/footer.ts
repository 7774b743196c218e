import { corrupt } from '../bytes/damage.js'
import { readRowGroup, type RowGroupMeta } from './row-group-meta.js'
import { readSchemaElement, type SchemaElement } from './schema-element.js'
import { ThriftReader, ThriftType } from './thrift-reader.js'

/** The content of the footer that manifests need, not yet checked against the file. */
export interface Footer {
  rows: number
  schema: SchemaElement[]
  rowGroups: RowGroupMeta[]
  createdBy: string | null
  /** Key-value metadata whose key begins with `lagoon.`. */
  metadata: Map<string, string>
}

/** More than any manifest has; fewer than would fill the memory. */
const MAX_SCHEMA_ELEMENTS = 100_000
const MAX_ROW_GROUPS = 100_000

/**
 * Parses FileMetaData (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift). `wantedLeaves` is asked
 * once, when the schema is known, and only those columns of each row group are kept, so that the footer of a wide table takes no more
 * memory than that of a narrow one. Throws `Damage`.
 */
export function parseFooter(
  bytes: Uint8Array,
  wantedLeaves: (schema: SchemaElement[]) => Set<number>,
): Footer {
  const reader = new ThriftReader(bytes)
  const footer: Footer = {
    rows: -1,
    schema: [],
    rowGroups: [],
    createdBy: null,
    metadata: new Map(),
  }
  let wanted: Set<number> | undefined
  reader.struct((id, type) => {
    if (id === 2 && type === ThriftType.list) {
      reader.list((_, index) => {
        if (index >= MAX_SCHEMA_ELEMENTS)
          throw corrupt(`a schema of more than ${MAX_SCHEMA_ELEMENTS} elements`)
        footer.schema.push(readSchemaElement(reader))
      })
    } else if (id === 3 && type === ThriftType.i64) {
      footer.rows = reader.int()
    } else if (id === 4 && type === ThriftType.list) {
      const leaves = (wanted ??= wantedLeaves(footer.schema))
      reader.list((_, index) => {
        if (index >= MAX_ROW_GROUPS) throw corrupt(`more than ${MAX_ROW_GROUPS} row groups`)
        footer.rowGroups.push(readRowGroup(reader, leaves))
      })
    } else if (id === 5 && type === ThriftType.list) {
      reader.list(() => readKeyValue(reader, footer.metadata))
    } else if (id === 6 && type === ThriftType.binary) {
      footer.createdBy = reader.string()
    } else return false
    return true
  })
  return footer
}

function readKeyValue(reader: ThriftReader, into: Map<string, string>): void {
  let key = ''
  let value = ''
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.binary) key = reader.string()
    else if (id === 2 && type === ThriftType.binary) value = reader.string()
    else return false
    return true
  })
  if (key.startsWith('lagoon.')) into.set(key, value)
}
