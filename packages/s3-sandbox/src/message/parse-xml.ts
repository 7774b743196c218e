import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { S3Error } from '../s3/s3-error.js'

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  processEntities: true,
  htmlEntities: true,
  removeNSPrefix: true,
})

/** A parsed element: its child elements by name, each as a list, and the text of leaves. */
type ParsedXml = Record<string, unknown>

/**
 * Parses a request's XML and returns the content of its root element.
 *
 * @throws {S3Error} `MalformedXML` if it is not XML or has another root
 */
export function parseXml(text: string, root: string): ParsedXml {
  if (XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML')
  const document = parser.parse(text) as ParsedXml
  const content = document[root]
  if (content === undefined) throw new S3Error('MalformedXML')
  return typeof content === 'object' && content !== null ? (content as ParsedXml) : {}
}

/** The child elements with this name. */
export function childElements(parent: ParsedXml, name: string): ParsedXml[] {
  const value = parent[name]
  if (value === undefined) return []
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  return list.map((item) => (typeof item === 'object' && item !== null ? (item as ParsedXml) : {}))
}

/** The text of the child element with this name; undefined if there is none. */
export function childText(parent: ParsedXml, name: string): string | undefined {
  const value = parent[name]
  if (value === undefined) return undefined
  return typeof value === 'object' ? '' : String(value as string | number)
}
