/** The program behind `bin/lagoon.js`, for programs that start it themselves. */
export { main } from './main.js'
export { exitCodes, type ExitCode } from './exit-codes.js'
export { CliError, type CliErrorCode } from './errors.js'
