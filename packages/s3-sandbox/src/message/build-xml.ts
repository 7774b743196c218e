import { escapeXml } from './escape-xml.js'
import type { XmlStyle } from './xml-style.js'

/** The content of an element: text, child elements, or several elements of the same name. Undefined is omitted. */
export type XmlValue = string | number | boolean | undefined | XmlNode | readonly XmlValue[]
export interface XmlNode {
  readonly [name: string]: XmlValue
}

/** A document before it is written. */
export interface XmlDocument {
  root: string
  content: XmlNode
  /** True for a document in S3's namespace; error responses have none. */
  inNamespace: boolean
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/'

/** Writes a document in a style. */
export function buildXml(document: XmlDocument, style: XmlStyle): string {
  const { content, inNamespace } = document
  const root = style.roots?.[document.root] ?? document.root
  const namespace = style.namespace === undefined ? (inNamespace ? NAMESPACE : null) : style.namespace
  const { prefix } = style
  const bound = namespace ?? (prefix === undefined ? null : NAMESPACE)
  const declared = bound === null ? '' : ` xmlns${prefix === undefined ? '' : `:${prefix}`}="${bound}"`
  const writer = new XmlWriter(style)
  return `${DECLARATION}${writer.open(root, declared)}${writer.extension()}${writer.children(content, 1)}${writer.close(root, 0)}`
}

class XmlWriter {
  readonly #style: XmlStyle
  readonly #prefix: string

  constructor(style: XmlStyle) {
    this.#style = style
    this.#prefix = style.prefix === undefined ? '' : `${style.prefix}:`
  }

  open(name: string, more = ''): string {
    const attributes = this.#style.attributes ? ` a="1" note='a > b'` : ''
    return `<${this.#prefix}${name}${more}${attributes}>`
  }

  /** The closing tag of an element with children, on its own line if elements are indented. */
  close(name: string, depth: number): string {
    return `${this.#indent(depth)}</${this.#prefix}${name}>`
  }

  children(node: XmlNode, depth: number): string {
    let text = ''
    for (const name of Object.keys(node)) text += this.#element(name, node[name], depth)
    return text
  }

  /** Text that a pattern-based parser mistakes for a key and for the end of a listing. */
  extension(): string {
    if (!this.#style.extensions) return ''
    const trap = {
      Vendor: {
        Key: 'not-a-key',
        IsTruncated: false,
        NextContinuationToken: 'not-a-token',
        ETag: 'not-an-etag',
      },
    }
    return this.children(trap, 1)
  }

  #element(name: string, value: XmlValue, depth: number): string {
    if (value === undefined) return ''
    if (Array.isArray(value)) {
      return (value as readonly XmlValue[]).map((item) => this.#element(name, item, depth)).join('')
    }
    const comment = this.#style.comments ? `<!-- <${name}>not this</${name}> -->` : ''
    const start = `${this.#indent(depth)}${comment}${this.open(name)}`
    if (typeof value === 'object') {
      return `${start}${this.children(value as XmlNode, depth + 1)}${this.close(name, depth)}`
    }
    const text = this.#text(value as string | number | boolean)
    if (text === '') return `${start.slice(0, -1)}/>`
    return `${start}${text}</${this.#prefix}${name}>`
  }

  #text(value: string | number | boolean): string {
    const { cdata, entities = 'named', comments, whitespace } = this.#style
    const plain = String(value)
    if (plain === '') return ''
    const write = (piece: string): string =>
      cdata ? `<![CDATA[${piece.replaceAll(']]>', ']]]]><![CDATA[>')}]]>` : referenced(piece, entities)
    const written = comments
      ? halves(plain)
          .map((half) => write(half))
          .join('<!-- - -->')
      : write(plain)
    return typeof value !== 'string' && whitespace === 'inside' ? `\n  ${written}\n` : written
  }

  #indent(depth: number): string {
    const { whitespace = 'none' } = this.#style
    return whitespace === 'none' ? '' : `\n${'  '.repeat(depth)}`
  }
}

function halves(text: string): string[] {
  const characters = [...text]
  const middle = Math.floor(characters.length / 2)
  const [first, second] = [characters.slice(0, middle), characters.slice(middle)]
  return [first, second].filter((half) => half.length > 0).map((half) => half.join(''))
}

function referenced(text: string, entities: NonNullable<XmlStyle['entities']>): string {
  if (entities === 'named') return escapeXml(text)
  return [...text]
    .map((char) => {
      if (/[A-Za-z0-9]/.test(char)) return char
      const code = char.codePointAt(0)!
      return entities === 'decimal' ? `&#${code};` : `&#x${code.toString(16)};`
    })
    .join('')
}
