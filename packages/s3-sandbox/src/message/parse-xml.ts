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

/** A parsed element: its child elements by name, each as a list; text of leaves. */
export type ParsedXml = Record<string, unknown>

/**
 * Reads a request's XML and returns what is in its root element.
 *
 * @throws {S3Error} `MalformedXML` when it isn't XML or its root is another one.
 */
export function parseXml(text: string, root: string): ParsedXml {
  if (XMLValidator.validate(text) !== true) throw new S3Error('MalformedXML')
  const document = parser.parse(text) as ParsedXml
  const content = document[root]
  if (content === undefined) throw new S3Error('MalformedXML')
  return typeof content === 'object' && content !== null ? (content as ParsedXml) : {}
}

/** The child elements with this name: none, one or many. */
export function childElements(parent: ParsedXml, name: string): ParsedXml[] {
  const value = parent[name]
  if (value === undefined) return []
  const list = Array.isArray(value) ? (value as unknown[]) : [value]
  return list.map((item) => (typeof item === 'object' && item !== null ? (item as ParsedXml) : {}))
}

/** The text of the child element with this name; undefined when there is none. */
export function childText(parent: ParsedXml, name: string): string | undefined {
  const value = parent[name]
  if (value === undefined) return undefined
  return typeof value === 'object' ? '' : String(value as string | number)
}
