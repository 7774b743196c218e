import type { EndReason } from '@lagoon/sync'
import { exitCodeOfError, exitCodes, type ExitCode } from '../errors/exit-codes.js'
import { inCliWords } from './cli-names.js'
import { oneLine } from '../text/one-line.js'
import { printable } from '../text/printable.js'

/** The report about an error that ends a command: one line for people, an object for programs, and the exit code. */
export interface FailureDescription {
  readonly line: string
  /** With DEBUG: what caused it, and where. */
  readonly details: readonly string[]
  readonly data: { type: 'error'; code: string; message: string; hint?: string }
  readonly exitCode: ExitCode
  readonly reason: EndReason
}

const knownExitCodes = new Set<number>(Object.values(exitCodes))

/** Errors that we expect carry `code`, `hint`, and `reason` or `exitCode`; anything else is an internal error. */
export function describeFailure(error: unknown): FailureDescription {
  const { code, hint, exitCode, reason } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown
    hint?: unknown
    exitCode?: unknown
    reason?: EndReason
  }
  const described = error instanceof Error ? error.message : String(error)
  const named = typeof code === 'string' && code !== 'LAGOON_UNEXPECTED'
  // A refusal that ends a run has the store's own code, and a reason.
  const expected = named && (code.startsWith('LAGOON_') || (reason !== undefined && reason !== 'defect'))
  const advice =
    typeof hint === 'string'
      ? hint
      : expected
        ? undefined
        : 'This is a bug in Lagoon Sync. Please report it with the output of --log-level DEBUG.'
  const { message, hint: shownHint } = inCliWords({
    ...(typeof code === 'string' && { code }),
    message: described,
    hint: advice,
  })
  const shownCode = expected ? code : 'LAGOON_UNEXPECTED'
  return {
    line: printable(`lagoon: ${oneLine({ message, hint: shownHint, code: shownCode })}`),
    details: causeChain(error),
    data: {
      type: 'error',
      code: shownCode,
      message,
      ...(shownHint === undefined ? {} : { hint: shownHint }),
    },
    exitCode: exitCodeOf(expected ? code : undefined, exitCode, reason),
    reason: expected ? (reason ?? (code === 'LAGOON_STATE_LOCKED' ? 'locked' : 'usage')) : 'defect',
  }
}

function exitCodeOf(code: string | undefined, wanted: unknown, reason: EndReason | undefined): ExitCode {
  if (typeof wanted === 'number' && knownExitCodes.has(wanted)) return wanted as ExitCode
  if (code === 'LAGOON_STATE_LOCKED') return exitCodes.locked
  return code === undefined ? exitCodes.defect : exitCodeOfError(reason)
}

/** The stack of the error and of everything that caused it, one line each; cycles end it. */
function causeChain(error: unknown): string[] {
  const lines: string[] = []
  const seen = new Set<unknown>()
  let current = error
  while (current !== undefined && current !== null && !seen.has(current)) {
    seen.add(current)
    const label = lines.length === 0 ? '' : 'caused by: '
    if (current instanceof Error) {
      const code = (current as { code?: unknown }).code
      lines.push(
        printable(
          `${label}${current.name}: ${current.message}${typeof code === 'string' ? ` [${code}]` : ''}`,
        ),
      )
      lines.push(...stackLines(current))
      if (current instanceof AggregateError)
        lines.push(...current.errors.map((each) => printable(`  among: ${String(each)}`)))
      current = current.cause
    } else {
      lines.push(printable(`${label}${String(current)}`))
      current = undefined
    }
  }
  return lines
}

function stackLines(error: Error): string[] {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8)
    .map((line) => printable(line))
}
