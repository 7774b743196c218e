import { escapeXml } from './escape-xml.js'

/** What an element holds: text, child elements, or several elements of the same name. Undefined is left out. */
export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlValue[]
export interface XmlNode {
  readonly [name: string]: XmlValue
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** A document in S3's namespace. */
export function buildXml(root: string, content: XmlNode): string {
  return `${DECLARATION}<${root} xmlns="${NAMESPACE}">${children(content)}</${root}>`
}

/** A document without a namespace, as error answers are. */
export function buildPlainXml(root: string, content: XmlNode): string {
  return `${DECLARATION}<${root}>${children(content)}</${root}>`
}

function children(node: XmlNode): string {
  let text = ''
  for (const name of Object.keys(node)) text += element(name, node[name])
  return text
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return ''
  if (Array.isArray(value)) return (value as readonly XmlValue[]).map((item) => element(name, item)).join('')
  if (typeof value === 'object') return `<${name}>${children(value as XmlNode)}</${name}>`
  const text = escapeXml(String(value))
  return text === '' ? `<${name}/>` : `<${name}>${text}</${name}>`
}
