import { once } from 'node:events'
import { lstatSync } from 'node:fs'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { CliError } from '../errors/cli-error.js'
import type { LiveRun } from '../output/live-file.js'
import { printable } from '../text/printable.js'
import type { ControlAnswer, ControlRequest } from './protocol.js'
import { socketPath } from './socket-path.js'

/** A run answers immediately; one that is stopped by a debugger does not. */
const timeoutMs = 10_000

/**
 * Sends a request to the run on a data directory, and returns the run as it is afterwards.
 * @throws CliError LAGOON_CLI_NO_RUN, LAGOON_CLI_CONTROL, and whatever the run refuses the request with
 */
export async function askRun(dataDir: string, request: ControlRequest): Promise<LiveRun> {
  const answer = JSON.parse(await exchange(dataDir, `${JSON.stringify(request)}\n`)) as ControlAnswer
  if (answer.ok) return answer.run
  throw Object.assign(new Error(answer.message), { code: answer.code, hint: answer.hint })
}

async function exchange(dataDir: string, line: string): Promise<string> {
  try {
    const { path, release } = socketPath(dataDir)
    try {
      refuseLink(path)
      const socket = connect(path)
      socket.setTimeout(timeoutMs, () =>
        socket.destroy(new Error(`no response within ${timeoutMs / 1000} s`)),
      )
      await once(socket, 'connect')
      socket.end(line)
      const answer = await text(socket)
      if (answer === '') throw new Error('the connection closed without a response')
      return answer
    } finally {
      release()
    }
  } catch (cause) {
    throw asCliError(cause, dataDir)
  }
}

/** The run creates a socket there; a link would be another user's. */
function refuseLink(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return
  throw new CliError(
    'LAGOON_CLI_CONTROL',
    `${printable(path)} is a symbolic link, not the socket of a run`,
    'Remove the link, and use a data directory that no other user can write to.',
  )
}

function asCliError(cause: unknown, dataDir: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException
  if (cause instanceof CliError) return cause
  // A socket without a listener is left over from a killed process.
  if (code === 'ENOENT' || code === 'ECONNREFUSED') {
    return new CliError(
      'LAGOON_CLI_NO_RUN',
      `no run is active on ${printable(dataDir)}`,
      'Set its data directory with --data-dir; settings for the next run belong in its flags, environment or .env.',
    )
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new CliError(
      'LAGOON_CLI_CONTROL',
      `the run on ${printable(dataDir)} belongs to another user`,
      'Run the command as that user.',
      { cause },
    )
  }
  return new CliError(
    'LAGOON_CLI_CONTROL',
    `the run on ${printable(dataDir)} does not answer: ${printable(message)}`,
    'Try again, or use lagoon status, which needs no response from the run.',
    { cause },
  )
}
