import { usageError } from '../errors.js'

/** One flag: its purpose, its default, and the parser of its value. */
export interface Option<Value> {
  describe: string
  /** As a user would write it; `undefined` if there is none. */
  fallback: string | readonly string[] | boolean | undefined
  /** Separated by commas, or by repeating the flag. */
  several?: boolean
  /** `read` receives the flag's name for its errors. Throws `LAGOON_BENCH_USAGE`. */
  read(given: unknown, flag: string): Value
}

export type Options = Readonly<Record<string, Option<unknown>>>

/** The flags of a command by their names in camel case. */
export type Values<O extends Options> = {
  readonly [Name in keyof O]: O[Name] extends Option<infer V> ? V : never
}

/** On or off. */
export function toggle(describe: string, fallback = false): Option<boolean> {
  return { describe, fallback, read: (given) => given === true }
}

/** Any text. */
export function text<F extends string | undefined>(describe: string, fallback: F): Option<string | F> {
  return { describe, fallback, read: (given) => given as string | F }
}

/** An integer of at least `least` (default 1). */
export function count<F extends number | undefined>(
  describe: string,
  fallback: F,
  least = 1,
): Option<number | F> {
  return optional(describe, fallback, (given, flag) => wholeNumber(flag, given, least))
}

/** A number above zero. */
export function positive<F extends number | undefined>(describe: string, fallback: F): Option<number | F> {
  return optional(describe, fallback, (given, flag) => {
    const value = Number(given)
    if (Number.isFinite(value) && value > 0) return value
    throw usageError(`--${flag} must be a number above 0, not "${given}"`)
  })
}

/** A time such as `50ms` or `2s`, in milliseconds. */
export function milliseconds(describe: string): Option<number | undefined> {
  return optional(describe, undefined, (given, flag) => {
    const [, figure, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(given) ?? []
    const value = Number(figure) * (unit === 's' ? 1000 : 1)
    if (figure !== undefined && value > 0) return value
    throw usageError(`--${flag} must be a time such as 50ms, not "${given}"`)
  })
}

/** One of a closed set. */
export function choice<const T extends string>(
  describe: string,
  allowed: readonly T[],
  fallback: T,
): Option<T> {
  return {
    describe: `${describe}: ${allowed.join(', ')}`,
    fallback,
    read: (given, flag) => oneOf(flag, allowed, String(given)),
  }
}

/** Some of a closed set, with commas or by repeating the flag. */
export function choices<T extends string>(
  describe: string,
  allowed: readonly T[],
  fallback: readonly T[] = allowed,
): Option<T[]> {
  return {
    describe: `${describe}, with commas: ${allowed.join(', ')}`,
    fallback,
    several: true,
    read: (given, flag) => words(given).map((word) => oneOf(flag, allowed, word)),
  }
}

/** Several values by repeating the flag; commas are part of a value. */
export function texts(describe: string, fallback: readonly string[]): Option<string[]> {
  return { describe, fallback, several: true, read: (given) => [...new Set(given as string[])] }
}

/** Integers, separated by commas or by repeating the flag. `words` may stand for numbers. */
export function counts<W extends string = never, F extends readonly (number | W)[] | undefined = undefined>(
  describe: string,
  { fallback, least = 1, words: allowed = [] }: { fallback?: F; least?: number; words?: readonly W[] } = {},
): Option<(number | W)[] | F> {
  return {
    describe,
    fallback: fallback?.map(String),
    several: true,
    read(given, flag) {
      if (given === undefined) return undefined as F
      return words(given).map((word) => allowed.find((one) => one === word) ?? wholeNumber(flag, word, least))
    },
  }
}

function optional<F extends number | undefined>(
  describe: string,
  fallback: F,
  read: (given: string, flag: string) => number,
): Option<number | F> {
  return {
    describe,
    fallback: fallback === undefined ? undefined : String(fallback),
    read: (given, flag) => (given === undefined ? (undefined as F) : read(String(given).trim(), flag)),
  }
}

function wholeNumber(flag: string, given: string, least: number): number {
  const value = Number(given)
  if (Number.isSafeInteger(value) && value >= least && given !== '') return value
  throw usageError(`--${flag} must be a whole number of at least ${least}, not "${given}"`)
}

function oneOf<T extends string>(flag: string, allowed: readonly T[], given: string): T {
  const found = allowed.find((value) => value === given)
  if (found !== undefined) return found
  throw usageError(`--${flag} takes ${allowed.join(', ')}, not "${given}"`)
}

/** Without duplicates. */
function words(given: unknown): string[] {
  const all = (given as string[]).flatMap((value) => value.split(',')).map((word) => word.trim())
  return [...new Set(all.filter((word) => word !== ''))]
}
