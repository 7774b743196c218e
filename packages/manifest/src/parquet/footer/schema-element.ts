import { ThriftType, type ThriftReader } from './thrift-reader.js'

/** Physical types by their number in the format. */
const PHYSICAL_TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const
export type PhysicalType = (typeof PHYSICAL_TYPES)[number]

type Repetition = 'REQUIRED' | 'OPTIONAL' | 'REPEATED'
const REPETITIONS: readonly Repetition[] = ['REQUIRED', 'OPTIONAL', 'REPEATED']

/** The annotations of a leaf that manifests need. */
export type Annotation =
  | 'STRING'
  | 'DATE'
  /** A decimal number with digits behind the point. */
  | 'FRACTION'
  | 'TIMESTAMP_MILLIS'
  | 'TIMESTAMP_MICROS'
  | 'TIMESTAMP_NANOS'
  | 'OTHER'
  | null

/** One line of the flattened schema. */
export interface SchemaElement {
  name: string
  type: PhysicalType | null
  repetition: Repetition | null
  children: number
  annotation: Annotation
}

/** Reads a SchemaElement; unknown values become `null`. */
export function readSchemaElement(reader: ThriftReader): SchemaElement {
  const element: SchemaElement = { name: '', type: null, repetition: null, children: 0, annotation: null }
  let scale = 0
  reader.struct((id, type) => {
    if (id === 1 && type === ThriftType.i32) element.type = PHYSICAL_TYPES[reader.int()] ?? null
    else if (id === 3 && type === ThriftType.i32) element.repetition = REPETITIONS[reader.int()] ?? null
    else if (id === 4 && type === ThriftType.binary) element.name = reader.string()
    else if (id === 5 && type === ThriftType.i32) element.children = reader.int()
    else if (id === 6 && type === ThriftType.i32) element.annotation ??= convertedAnnotation(reader.int())
    else if (id === 7 && type === ThriftType.i32) scale = reader.int()
    else if (id === 10 && type === ThriftType.struct) element.annotation = readLogicalType(reader)
    else return false
    return true
  })
  if (scale !== 0) element.annotation = 'FRACTION'
  return element
}

function convertedAnnotation(converted: number): Annotation {
  if (converted === 0 || converted === 4) return 'STRING' // UTF8, ENUM
  if (converted === 6) return 'DATE'
  if (converted === 9) return 'TIMESTAMP_MILLIS'
  if (converted === 10) return 'TIMESTAMP_MICROS'
  return 'OTHER'
}

function readLogicalType(reader: ThriftReader): Annotation {
  let annotation: Annotation = 'OTHER'
  reader.struct((id, type) => {
    if (id === 1 || id === 4) annotation = 'STRING'
    else if (id === 6) annotation = 'DATE'
    if (id === 5 && type === ThriftType.struct) {
      reader.struct((field, fieldType) => {
        if (field !== 1 || fieldType !== ThriftType.i32) return false
        if (reader.int() !== 0) annotation = 'FRACTION'
        return true
      })
      return true
    }
    if (id !== 8 || type !== ThriftType.struct) return false
    reader.struct((field, fieldType) => {
      if (field !== 2 || fieldType !== ThriftType.struct) return false
      reader.struct((unit) => {
        annotation = unit === 1 ? 'TIMESTAMP_MILLIS' : unit === 2 ? 'TIMESTAMP_MICROS' : 'TIMESTAMP_NANOS'
        return false
      })
      return true
    })
    return true
  })
  return annotation
}
