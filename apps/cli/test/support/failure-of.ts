import type { CliError } from '../../src/errors/cli-error.js'

/** The error with a hint that the function throws: the program's own, or a package's. */
export function failureOf(run: () => unknown): CliError {
  try {
    run()
  } catch (error) {
    if (error instanceof Error && 'hint' in error) return error as CliError
    throw error
  }
  throw new Error('expected an error, nothing was thrown')
}
