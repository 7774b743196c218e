import { SandboxError } from './errors.js'

/** The check of a field: a test, and the range in words that follow "It must be". */
export type FieldCheck = readonly [allows: (value: unknown) => boolean, range: string]

/**
 * Checks every field of an object from a caller. An undefined field counts as omitted.
 *
 * @throws {SandboxError} `LAGOON_SANDBOX_OPTION_INVALID` for an unknown field, or one outside of its range.
 */
export function checkFields(what: string, given: object, checks: Readonly<Record<string, FieldCheck>>): void {
  if (!isObject(given)) throw invalid(what, 'an object')
  for (const [name, value] of Object.entries(given)) {
    const path = `${what}.${name}`
    if (!Object.hasOwn(checks, name)) {
      throw new SandboxError(
        'LAGOON_SANDBOX_OPTION_INVALID',
        `${path} is unknown`,
        `Allowed: ${Object.keys(checks).join(', ')}.`,
      )
    }
    const [allows, range] = checks[name]!
    if (value !== undefined && !allows(value)) throw invalid(path, range)
  }
}

/** The error for a value outside of its range. */
export function invalid(path: string, range: string): SandboxError {
  return new SandboxError('LAGOON_SANDBOX_OPTION_INVALID', `${path} is out of range`, `It must be ${range}.`)
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null
const isText = (value: unknown): boolean => typeof value === 'string'
const isList = (value: unknown, allows: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every((item) => allows(item))

export const text: FieldCheck = [isText, 'a string']
export const texts: FieldCheck = [(value) => isList(value, isText), 'a list of strings']
export const flag: FieldCheck = [(value) => typeof value === 'boolean', 'true or false']
export const callback: FieldCheck = [(value) => typeof value === 'function', 'a function']
export const object: FieldCheck = [isObject, 'an object']
export const list: FieldCheck = [Array.isArray, 'a list']
export const textByName: FieldCheck = [
  (value) => isObject(value) && Object.values(value as object).every((item) => isText(item)),
  'an object of strings',
]

export function wholeFrom(least: number, most = Number.MAX_SAFE_INTEGER): FieldCheck {
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  return [(value) => Number.isInteger(value) && isWithin(value, least, most), `a whole number ${range}`]
}

export function numberFrom(least: number, most = Number.POSITIVE_INFINITY): FieldCheck {
  const range = Number.isFinite(most) ? `from ${least} to ${most}` : `from ${least}`
  return [(value) => isWithin(value, least, most), `a number ${range}`]
}

export const numberAboveZero: FieldCheck = [
  (value) => typeof value === 'number' && value > 0,
  'a number above 0',
]

export function oneOf(...values: readonly unknown[]): FieldCheck {
  return [(value) => values.includes(value), values.map((value) => JSON.stringify(value)).join(' or ')]
}

/** One of these words, or a list of them. */
export function someOf(...values: readonly unknown[]): FieldCheck {
  const known = (value: unknown): boolean => values.includes(value)
  return [(value) => known(value) || isList(value, known), `one of, or a list of: ${values.join(', ')}`]
}

export function either(...checks: readonly FieldCheck[]): FieldCheck {
  return [(value) => checks.some(([allows]) => allows(value)), checks.map(([, range]) => range).join(', or ')]
}

function isWithin(value: unknown, least: number, most: number): boolean {
  return typeof value === 'number' && value >= least && value <= most
}
