import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const DIRECTORY = fileURLToPath(new URL('fixtures/', import.meta.url))

/** What must come out of a fixture, from the values that went into it. */
export interface Expectation {
  column: string
  rowGroups: number
  /** Rows of the file, where that is not the number of keys. */
  rows?: number
  options: { column?: string; currentOnly?: boolean }
  keys: (string | null)[]
  problems: { index: number; code: string; key: string }[]
  sizes?: (number | null)[]
  etags?: (string | null)[]
  versionIds?: (string | null)[]
  destinationKeys?: (string | null)[]
}

/** Names of the pairs `<name>.parquet`, `<name>.json`. */
export const FIXTURE_NAMES = readdirSync(DIRECTORY)
  .filter((name) => name.endsWith('.parquet'))
  .map((name) => name.slice(0, -'.parquet'.length))
  .sort()

export function fixtureBytes(name: string): Buffer {
  return readFileSync(`${DIRECTORY}${name}.parquet`)
}

export function fixtureExpectation(name: string): Expectation {
  return JSON.parse(readFileSync(`${DIRECTORY}${name}.json`, 'utf8')) as Expectation
}
