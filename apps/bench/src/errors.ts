/**
 * The closed set of the bench's errors.
 *
 * - `LAGOON_BENCH_USAGE`: a flag or an environment variable is wrong.
 * - `LAGOON_BENCH_STORE`: a store could not be started, reached, filled or emptied.
 * - `LAGOON_BENCH_PRODUCT`: the built `lagoon` command is missing, or a run of it failed.
 * - `LAGOON_BENCH_BASELINE`: a saved result could not be read, or does not match.
 * - `LAGOON_BENCH_INTERRUPTED`: stopped by a signal.
 */
type BenchErrorCode =
  | 'LAGOON_BENCH_USAGE'
  | 'LAGOON_BENCH_STORE'
  | 'LAGOON_BENCH_PRODUCT'
  | 'LAGOON_BENCH_BASELINE'
  | 'LAGOON_BENCH_INTERRUPTED'

const exitCodes: Record<BenchErrorCode, number> = {
  LAGOON_BENCH_USAGE: 2,
  LAGOON_BENCH_STORE: 2,
  LAGOON_BENCH_PRODUCT: 3,
  LAGOON_BENCH_BASELINE: 2,
  LAGOON_BENCH_INTERRUPTED: 130,
}

/** An error of the bench: `message` says what and where, `hint` what to do. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
  readonly code: BenchErrorCode
  readonly hint: string | undefined
  /** The process's exit code for this error: 2 usage or store, 3 a run failed, 130 SIGINT, 143 SIGTERM. */
  readonly exitCode: number

  constructor(
    code: BenchErrorCode,
    message: string,
    options: { hint?: string; cause?: unknown; exitCode?: number } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
    this.exitCode = options.exitCode ?? exitCodes[code]
  }
}

/** Shorthand for the most common one. */
export function usageError(message: string, hint?: string): BenchError {
  return new BenchError('LAGOON_BENCH_USAGE', message, hint === undefined ? {} : { hint })
}

/** The text of any thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
