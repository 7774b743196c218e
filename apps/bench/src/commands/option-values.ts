import { usageError } from '../errors.js'

/** `8,32` or repeated flags as positive whole numbers; throws `LAGOON_BENCH_USAGE` naming the flag. */
export function positiveIntegers(flag: string, given: readonly (string | number)[]): number[] {
  return words(given).map((word) => positiveInteger(flag, word))
}

/** A whole number of at least `least` (default 1). */
export function positiveInteger(flag: string, given: string | number, least = 1): number {
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < least || String(given).trim() === '') {
    throw usageError(`--${flag} must be a whole number of at least ${least}, not "${given}"`)
  }
  return value
}

/** A number above zero; `undefined` stays what it is. */
export function positiveNumber(flag: string, given: string | number | undefined): number | undefined {
  if (given === undefined) return undefined
  const value = Number(given)
  if (!Number.isFinite(value) || value <= 0)
    throw usageError(`--${flag} must be a number above 0, not "${given}"`)
  return value
}

/** Values separated by commas, or from flags given several times; without doubles. */
export function words(given: readonly (string | number)[]): string[] {
  const all = given.flatMap((value) => String(value).split(',')).map((word) => word.trim())
  return [...new Set(all.filter((word) => word !== ''))]
}

/** One of a closed set. */
export function oneOf<T extends string>(flag: string, allowed: readonly T[], given: string): T {
  const found = allowed.find((value) => value === given)
  if (found === undefined) throw usageError(`--${flag} takes ${allowed.join(', ')}, not "${given}"`)
  return found
}
