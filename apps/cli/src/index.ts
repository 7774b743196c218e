/** The program behind `bin/lagoon.js`, for those who start it from their own. */
export { main } from './main.js'
export { exitCodes, type ExitCode } from './exit-codes.js'
export { CliError, type CliErrorCode } from './errors.js'
