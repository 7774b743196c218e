import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A folder with more files than this hides them: it wants rooms. */
const MAX_SIBLINGS = 29

const sources = ['packages', 'apps'].flatMap((group) =>
  readdirSync(join(root, group)).map((name) => join(root, group, name, 'src')),
)

function filesOf(source: string): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(source, file))
}

/** Files that a file imports from its own package, for a type alone too. */
function importsOf(file: string): string[] {
  const specifiers = readFileSync(file, 'utf8').matchAll(/(?:\bfrom|\bimport\()\s*'(\.[^']+)'/g)
  return [...specifiers].map(([, specifier]) => resolve(dirname(file), specifier!.replace(/\.js$/, '.ts')))
}

/** The first circle found, as paths from the root; empty for none. */
function circleIn(source: string): string[] {
  const imports = new Map(filesOf(source).map((file) => [file, importsOf(file)]))
  const done = new Set<string>()
  const walk = (file: string, trail: string[]): string[] => {
    if (trail.includes(file)) return [...trail.slice(trail.indexOf(file)), file]
    if (done.has(file)) return []
    for (const imported of imports.get(file) ?? []) {
      const circle = walk(imported, [...trail, file])
      if (circle.length > 0) return circle
    }
    done.add(file)
    return []
  }
  for (const file of imports.keys()) {
    const circle = walk(file, [])
    if (circle.length > 0) return circle.map((path) => relative(root, path))
  }
  return []
}

const named = sources.map((source) => ({ name: relative(root, source), source }))

// The linter's own rule does not see circles of types.
it.each(named)('$name has no circle of imports, types included', ({ source }) => {
  expect(circleIn(source)).toEqual([])
})

it.each(named)('no folder of $name has more files than a reader takes in', ({ source }) => {
  const counts = Map.groupBy(filesOf(source), dirname)
  const crowded = [...counts]
    .filter(([, files]) => files.length > MAX_SIBLINGS)
    .map(([folder, files]) => `${relative(root, folder)}: ${files.length}`)
  expect(crowded).toEqual([])
})
