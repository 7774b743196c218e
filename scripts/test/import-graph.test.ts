import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** A folder with more files than this hides them: it wants rooms. */
const MAX_SIBLINGS = 24
/** Rooms above each other, from those that import no other to the highest. */
const MAX_FLOORS = 8

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
it.each(named)('$name has no circular imports, including types', ({ source }) => {
  expect(circleIn(source)).toEqual([])
})

it.each(named)('no folder of $name has too many files', ({ source }) => {
  const counts = Map.groupBy(filesOf(source), dirname)
  const crowded = [...counts]
    .filter(([, files]) => files.length > MAX_SIBLINGS)
    .map(([folder, files]) => `${relative(root, folder)}: ${files.length}`)
  expect(crowded).toEqual([])
})

/** For each folder inside `src` the others that its files import from. Files in `src` itself are the entry, and what all share. */
function roomsOf(source: string): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>()
  for (const file of filesOf(source)) {
    const room = relative(source, dirname(file))
    if (room === '') continue
    const others = rooms.get(room) ?? rooms.set(room, new Set()).get(room)!
    for (const imported of importsOf(file)) {
      const other = relative(source, dirname(imported))
      if (other !== '' && other !== room) others.add(other)
    }
  }
  return rooms
}

/** The longest way down from a room, the room itself first; throws for rooms that import from each other. */
function wayDown(
  rooms: ReadonlyMap<string, ReadonlySet<string>>,
  room: string,
  above: readonly string[] = [],
): string[] {
  if (above.includes(room))
    throw new Error([...above.slice(above.indexOf(room)), room].join(' imports from '))
  const ways = [...(rooms.get(room) ?? [])].map((other) => wayDown(rooms, other, [...above, room]))
  return [room, ...ways.reduce((longest, way) => (way.length > longest.length ? way : longest), [])]
}

it.each(named)('the rooms of $name import downwards only, from eight floors at most', ({ source }) => {
  const rooms = roomsOf(source)
  const longest = [...rooms.keys()].map((room) => wayDown(rooms, room))
  expect(longest.filter((way) => way.length > MAX_FLOORS)).toEqual([])
})
