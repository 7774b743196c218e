// Reads what a package exports out of its built declarations. They are regular enough for that: tsc writes each
// declaration from the first column on, with its comment before it.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

const COMMENT = /\/\*[^]*?\*\//g
const DECLARATION =
  /^export (?:declare )?(?:abstract )?(?:class|interface|type|function|const|enum|namespace) (\w+)/m
const REEXPORT = /^export (?:type )?\{([^}]*)\} from '([^']+)';/gm

/**
 * @typedef {{ name: string; text: string; documented: string }} Declaration
 * `text` without comments, `documented` with them
 */

/**
 * What an entry point exports, in the order of the names.
 *
 * @param {string} file an `index.d.ts`
 * @returns {Declaration[]}
 */
export function exportsOf(file) {
  return allOf(file).sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
}

/** @returns {Declaration[]} */
function allOf(file) {
  const text = readFileSync(file, 'utf8')
  const own = declarationsIn(text)
  const others = [...text.replace(COMMENT, '').matchAll(REEXPORT)].flatMap(([, names, module]) =>
    names
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .flatMap((name) => findIn(file, module, ...name.split(' as '))),
  )
  return [...own, ...others]
}

/** @returns {Declaration[]} */
function findIn(file, module, name, as = name) {
  if (!module.startsWith('.')) {
    const text = `export { ${name === as ? name : `${name} as ${as}`} } from '${module}';`
    return [{ name: as, text, documented: text }]
  }
  const from = resolve(dirname(file), module.replace(/\.js$/, '.d.ts'))
  const found = allOf(from).filter((declaration) => declaration.name === name)
  if (found.length === 0) throw new Error(`${from} does not declare ${name}, which ${file} exports`)
  return found.map((declaration) => ({ ...declaration, name: as }))
}

/** @returns {Declaration[]} */
function declarationsIn(text) {
  const found = []
  let lines = []
  let depth = 0
  for (const line of text.split('\n')) {
    lines.push(line)
    const statement = lines.join('\n').replace(COMMENT, '')
    if (statement.includes('/*')) continue
    depth = count(statement, /[{([]/g) - count(statement, /[})\]]/g)
    if (depth > 0 || !/[;}]\s*$/.test(statement)) continue
    const name = DECLARATION.exec(statement)?.[1]
    if (name !== undefined) {
      found.push({ name, text: tidy(statement), documented: tidy(lines.join('\n')) })
    }
    lines = []
  }
  return found
}

function count(text, pattern) {
  return text.match(pattern)?.length ?? 0
}

/** Without what private fields leave behind, and without the empty lines of comments. */
function tidy(statement) {
  return statement
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s*(#private|private \w+);$/.test(line))
    .join('\n')
}
