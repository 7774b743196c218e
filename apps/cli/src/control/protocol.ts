import { CliError } from '../errors/cli-error.js'
import type { LiveRun } from '../output/live-file.js'

/** One line of JSON from a client. */
export type ControlRequest =
  | { readonly command: 'status' | 'pause' | 'resume' }
  /** Values by the names of their flags, as they were typed. */
  | { readonly command: 'set'; readonly values: readonly (readonly [name: string, value: string])[] }

/** One line of JSON to a client: the run as it is after the request, or why it was refused. */
export type ControlAnswer =
  | { readonly ok: true; readonly run: LiveRun }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint: string }

/** @throws CliError LAGOON_CLI_CONTROL for anything else than a request */
export function parseRequest(line: string): ControlRequest {
  try {
    const request = JSON.parse(line) as ControlRequest
    const { command } = request
    if (command === 'status' || command === 'pause' || command === 'resume') return { command }
    if (command === 'set' && Array.isArray(request.values) && request.values.every(isPair)) return request
  } catch {
    // Said below, as for every other line that is no request.
  }
  throw new CliError(
    'LAGOON_CLI_CONTROL',
    'the control socket received an invalid request',
    'Use lagoon ctl, of the same version as the run.',
  )
}

function isPair(value: unknown): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string')
}
