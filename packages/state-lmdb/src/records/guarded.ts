import { StateError, asStateError } from '../errors.js'

/**
 * The same object, whose methods report damage in what they read as `LAGOON_STATE_CORRUPT`: records that can't be decoded, pages that
 * LMDB can't follow. Other errors pass unchanged.
 */
export function guarded<T extends object>(reader: T, directory: string): T {
  const translated = (error: unknown): unknown => {
    const known = error instanceof StateError ? error : asStateError(error, directory)
    return known.code === 'LAGOON_STATE_CORRUPT' ? known : error
  }
  return new Proxy(reader, {
    get(target, name) {
      const member = Reflect.get(target, name, target) as unknown
      if (typeof member !== 'function') return member
      return (...given: unknown[]): unknown => {
        try {
          const result: unknown = Reflect.apply(member, target, given)
          return isGenerator(result) ? guardedSteps(result, translated) : result
        } catch (error) {
          throw translated(error)
        }
      }
    },
  })
}

function* guardedSteps(steps: Generator, translated: (error: unknown) => unknown): Generator {
  try {
    yield* steps
  } catch (error) {
    throw translated(error)
  }
}

function isGenerator(value: unknown): value is Generator {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.toStringTag in value &&
    `${value as object}` === '[object Generator]'
  )
}
