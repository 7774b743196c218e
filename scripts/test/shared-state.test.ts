import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))

const files = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).flatMap((name) => {
    const source = join(root, group, name, 'src')
    return readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(source, file))
  }),
)

/** Of a module, not of an object: a variable, or a collection or buffer that is empty as it is made. What is filled once, as it is loaded, has a name in capitals. */
const STATE =
  /^(?:export )?(?:let \w+|const [a-z]\w*(?:: [^=]+)? = new (?:(?:Weak)?(?:Map|Set)(?:<.*>)?\(\)|\w+Array\())/

/** Declarations of shared state without a comment that says why sharing is safe. */
function unexplained(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  const found: string[] = []
  lines.forEach((line, index) => {
    if (!STATE.test(line)) return
    // A comment explains the declarations right below it.
    let above = index
    while (above > 0 && STATE.test(lines[above - 1]!)) above--
    const start = lines.slice(0, above).findLastIndex((text) => text.startsWith('/**'))
    const comment = lines.slice(Math.max(start, 0), above).join(' ')
    const isDirectlyAbove = start >= 0 && lines[above - 1]!.trimEnd().endsWith('*/')
    if (!isDirectlyAbove || !comment.includes('Safe to share:'))
      found.push(`${relative(root, file)}:${index + 1}: ${line}`)
  })
  return found
}

it('shared module state says why sharing is safe', () => {
  expect(files.flatMap(unexplained)).toEqual([])
})

it('no function uses the environment implicitly', () => {
  const hidden = files.filter((file) => /\w(?:: [^=\n]+)? = process\.env[,)\n]/.test(parametersOf(file)))
  expect(hidden.map((file) => relative(root, file))).toEqual([])
})

/** The source without its statements: `const x = process.env` is not a default argument. */
function parametersOf(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^\s*(?:const|let) .*$/gm, '')
}
