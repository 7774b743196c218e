import type { ExitCode } from '../errors/exit-codes.js'
import { describeFailure } from '../output/describe-failure.js'
import { createJsonLines } from '../output/json-lines.js'
import type { Output } from '../output/output.js'
import type { RunningCommand } from './run-command.js'

interface FailureSurroundings {
  readonly argv: readonly string[]
  readonly stdout: Output
  readonly stderr: Output
  /** Undefined when the arguments or the settings were wrong already. */
  readonly running: RunningCommand | undefined
}

/** Prints what ended a command: a line on stderr, its causes with DEBUG, an `error` event under `--json`. */
export function reportFailure(error: unknown, surroundings: FailureSurroundings): ExitCode {
  const { argv, stdout, stderr, running } = surroundings
  const redact = running?.redact ?? ((text: string) => text)
  const failure = describeFailure(error)
  stderr.write(`${redact(failure.line)}\n`)
  if (running?.debug ?? asksFor(argv, 'log-level', 'LAGOON_LOG_LEVEL', /^debug$/i)) {
    for (const line of failure.details) stderr.write(`  ${redact(line)}\n`)
  }
  if (running?.json ?? asksFor(argv, 'json', 'LAGOON_JSON', /^(?:true|yes|on|1)$/i)) {
    const { message, ...rest } = failure.data
    const { exitCode, reason } = failure
    const data = { ...rest, message: redact(message), exitCode, reason }
    if (running === undefined) createJsonLines(stdout).last(data)
    else running.lastLine(data)
  }
  return failure.exitCode
}

/** A guess, for the time before the settings are known to be right. */
function asksFor(argv: readonly string[], flag: string, variable: string, value: RegExp): boolean {
  const at = argv.findIndex((token) => token === `--${flag}` || token.startsWith(`--${flag}=`))
  if (at < 0) return value.test(process.env[variable] ?? '')
  const [, inline] = argv[at]!.split('=', 2)
  if (inline !== undefined) return value.test(inline)
  return flag === 'json' || value.test(argv[at + 1] ?? '')
}
