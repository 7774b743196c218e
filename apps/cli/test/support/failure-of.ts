import { CliError } from '../../src/errors.js'

/** The CliError that the function throws. */
export function failureOf(run: () => unknown): CliError {
  try {
    run()
  } catch (error) {
    if (error instanceof CliError) return error
    throw error
  }
  throw new Error('expected a CliError, nothing was thrown')
}
