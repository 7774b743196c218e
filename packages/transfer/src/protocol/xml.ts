import { SaxesParser } from 'saxes'

/** An element of a response by its local name, without attributes and prefixes. */
export class XmlElement {
  readonly name: string
  readonly children: XmlElement[] = []
  /** Its own text, with references and CDATA resolved; blanks are kept. */
  text = ''

  constructor(name: string) {
    this.name = name
  }

  /** The first child of that name. */
  child(name: string): XmlElement | undefined {
    return this.children.find((child) => child.name === name)
  }

  all(name: string): XmlElement[] {
    return this.children.filter((child) => child.name === name)
  }

  /** Text of the first child of that name; '' if there is none. */
  textOf(name: string): string {
    return this.child(name)?.text ?? ''
  }

  /** The same for a word, a number or a date, around which blanks have no meaning. */
  wordOf(name: string): string {
    return this.textOf(name).trim()
  }

  /** A boolean in one of its forms in XML; undefined for anything else. */
  flagOf(name: string): boolean | undefined {
    const word = this.wordOf(name).toLowerCase()
    if (word === 'true' || word === '1') return true
    return word === 'false' || word === '0' ? false : undefined
  }

  isTrue(name: string): boolean {
    return this.flagOf(name) === true
  }

  /** A whole number from 0 up; NaN for anything else. */
  countOf(name: string): number {
    const word = this.wordOf(name)
    return /^\d{1,16}$/.test(word) ? Number(word) : Number.NaN
  }
}

/**
 * Deeper and larger than any response of S3: 1,000 entries of a listing, with owner and checksums, are some 20,000
 * elements.
 */
const MAX_DEPTH = 32
const MAX_ELEMENTS = 100_000
const MAX_FAULTS = 1000
/** One that begins no reference. */
const BARE_AMPERSAND = /&(?!#?[A-Za-z0-9]{1,31};)/g

const DECLARATION = /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([\w.:-]+)["']/

/**
 * The text of a document in the encoding that it declares; in UTF-8 if it declares none, or UTF-16, which programs write
 * whose documents are in UTF-8 all the same. '' for an encoding that nobody knows.
 */
export function documentText(body: Buffer): string {
  const [first, second] = body
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(body)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(body)
  const declared = DECLARATION.exec(body.toString('latin1', 0, 256))?.[1] ?? 'utf-8'
  if (/^utf-?(?:8|16)/i.test(declared)) return body.toString()
  try {
    return new TextDecoder(declared).decode(body)
  } catch {
    return ''
  }
}

/** Errors in single characters that stores make in keys and messages that they quote. Everything else is not XML. */
const TOLERATED = /^\d+:\d+: (?:disallowed character\.|.*\bentity\b|disallowed character in entity name)/
/** References to characters that only XML 1.1 allows. Stores write them in 1.0, too. */
const CONTROL_REFERENCE = /&#(?:x0*(?:[1-8bcef]|1[0-9a-f])|0*(?:[1-8]|1[124-9]|2\d|3[01]));/i

/**
 * Reads an XML document in one pass; null for anything else: truncated, not well-formed, with a document type, or
 * larger or deeper than S3's are.
 *
 * @param root name that the outermost element must have; default: any
 */
export function readXml(text: string, root?: string): XmlElement | null {
  const outermost = parse(text) ?? parse(withoutBareAmpersands(text))
  return root === undefined || outermost?.name === root ? outermost : null
}

/** A store may quote an address or a key as it is: `?a=1&b=2`. '' if that is not what is wrong with a document. */
function withoutBareAmpersands(text: string): string {
  const count = text.match(BARE_AMPERSAND)?.length ?? 0
  if (count === 0 || count > MAX_FAULTS || text.includes('<![CDATA[')) return ''
  return text.replace(BARE_AMPERSAND, '&amp;')
}

function parse(text: string): XmlElement | null {
  const document = new XmlElement('')
  const open: XmlElement[] = []
  let current = document
  let elements = 0
  let faults = 0
  const isVersion11 = text.includes('&#') && CONTROL_REFERENCE.test(text)
  const parser = isVersion11
    ? new SaxesParser({ forceXMLVersion: true, defaultXMLVersion: '1.1' })
    : new SaxesParser()
  parser.on('opentag', ({ name }) => {
    if (open.length >= MAX_DEPTH || ++elements > MAX_ELEMENTS) throw new Refused()
    const element = new XmlElement(localName(name))
    current.children.push(element)
    open.push(current)
    current = element
  })
  parser.on('closetag', () => (current = open.pop()!))
  const addText = (part: string): void => {
    current.text += part
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.on('doctype', () => {
    throw new Refused()
  })
  parser.on('error', (error) => {
    if (!TOLERATED.test(error.message) || ++faults > MAX_FAULTS) throw new Refused()
  })
  try {
    parser.write(text.trimStart()).close()
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
  return document.children[0] ?? null
}

/** Stops parsing what is not a response of S3. */
class Refused extends Error {}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

const ESCAPES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' }

/** Text, escaped for an element. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"]/g, (character) => ESCAPES[character]!)
}
