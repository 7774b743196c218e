import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml'
import { CliError } from '../errors/cli-error.js'

type LineAt = (offset: number) => number

export type ConfigPath = readonly (string | number)[]

/** A file's content, and where in it each part stands. */
export interface ParsedConfig {
  readonly value: unknown
  /** Line, counted from 1, of the key or list entry at the end of the path, or of the last part of the path that there is. */
  lineOf(path: ConfigPath): number
}

/**
 * Reads YAML or, where the name says so, JSON alone. The YAML parser reads both, since every JSON text is a YAML text.
 * @throws CliError LAGOON_CLI_CONFIG_SYNTAX
 */
export function parseConfig(text: string, shown: string): ParsedConfig {
  const lines = new LineCounter()
  const lineAt: LineAt = (offset) => lines.linePos(offset).line
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const [error] = document.errors
  if (error !== undefined) throw syntaxError(shown, lineAt(error.pos[0]), error.message)
  if (isJson(shown)) checkJson(text, shown, lineAt, document)
  return {
    value: readValue(document, shown, lineAt),
    lineOf: (path) => lineAt(offsetOf(document, path)),
  }
}

function isJson(name: string): boolean {
  return /\.json$/i.test(name)
}

function readValue(document: Document, shown: string, lineAt: LineAt): unknown {
  try {
    return document.toJS() ?? {}
  } catch {
    // Aliases without an anchor, or so many of them that they would fill memory. The message would repeat what may be a secret.
    let offset = 0
    visit(document, {
      Alias(_, { range }) {
        offset = range?.[0] ?? 0
        return visit.BREAK
      },
    })
    throw syntaxError(
      shown,
      lineAt(offset),
      'a word that begins with * must refer to an anchor (&) before it',
    )
  }
}

/** What YAML allows and JSON does not: comments, words without quotes or in single ones, commas at the end. */
function checkJson(text: string, shown: string, lineAt: LineAt, document: Document): void {
  try {
    JSON.parse(text)
  } catch (error) {
    // Where the parser tells no place, its message quotes the text around it, which may hold a secret.
    const { 1: problem, 2: line } =
      /^(.*) in JSON at position.*\(line (\d+) /s.exec((error as Error).message) ?? []
    throw syntaxError(
      shown,
      line === undefined ? lineAt(firstWordWithoutQuotes(document)) : Number(line),
      problem ?? 'text needs double quotes, and there are no comments',
    )
  }
}

function firstWordWithoutQuotes(document: Document): number {
  let offset = 0
  visit(document, {
    Scalar(_, { type, value, range }) {
      if (type === 'QUOTE_DOUBLE' || (type === 'PLAIN' && typeof value !== 'string')) return undefined
      offset = range?.[0] ?? 0
      return visit.BREAK
    },
  })
  return offset
}

function syntaxError(shown: string, line: number, problem: string): CliError {
  const kind = isJson(shown) ? 'JSON' : 'YAML'
  return new CliError(
    'LAGOON_CLI_CONFIG_SYNTAX',
    `${shown}:${line}: not ${kind}: ${problem}`,
    'Correct the file; `lagoon config schema` prints what is allowed.',
  )
}

function offsetOf(document: Document, path: ConfigPath): number {
  let node = follow(document, document.contents)
  let offset = node?.range?.[0] ?? 0
  for (const part of path) {
    const entry = entryOf(node, part)
    if (entry === undefined) break
    offset = entry.begin?.range?.[0] ?? offset
    node = follow(document, entry.value)
  }
  return offset
}

/** The node that an entry begins with, its key in a mapping, and the one that holds its value. */
function entryOf(
  node: Node | null,
  part: string | number,
): { begin: Node | null; value: Node | null } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part))
    return pair && { begin: pair.key, value: pair.value }
  }
  const item = isSeq<Node>(node) ? node.items[Number(part)] : undefined
  return item && { begin: item, value: item }
}

function follow(document: Document, node: Node | null): Node | null {
  return isAlias(node) ? ((node.resolve(document) as Node | undefined) ?? null) : node
}
