import { TransferError } from './errors.js'

/** The error for an option that cannot be. */
export function invalid(what: string, hint: string, cause?: unknown): TransferError {
  return new TransferError('LAGOON_TRANSFER_INVALID_OPTION', what, hint, cause)
}

/** A whole number within bounds, or its default. */
export function whole(
  name: string,
  value: number | undefined,
  fallback: number,
  min: number,
  max: number,
): number {
  if (value === undefined) return fallback
  if (!Number.isInteger(value) || value < min || value > max)
    throw invalid(`${name} is ${value}`, `Use a whole number from ${min} to ${max}.`)
  return value
}

/** One of a few values, or its default. */
export function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  fallback: T,
  allowed: readonly T[],
): T {
  if (value === undefined) return fallback
  if (!allowed.includes(value)) throw invalid(`${name} is '${value}'`, `Use one of: ${allowed.join(', ')}.`)
  return value
}
