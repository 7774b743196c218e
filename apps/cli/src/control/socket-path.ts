import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'

const fileName = 'control.sock'

/** Bytes that the system has for the path of a socket, its final zero left out: unix(7). */
const longestPath = process.platform === 'linux' ? 107 : 103

/** A path to the socket that is short enough, and a function that releases whatever it needs. */
interface SocketPath {
  readonly path: string
  release(): void
}

/**
 * The path of a data directory's control socket. If it is too long for a socket, the open directory is used, which Linux shows under a
 * short name.
 * @throws CliError LAGOON_CLI_CONTROL where there is no such way
 */
export function socketPath(dataDir: string): SocketPath {
  const path = join(dataDir, fileName)
  if (Buffer.byteLength(path) <= longestPath) return { path, release() {} }
  if (process.platform !== 'linux') {
    throw new CliError(
      'LAGOON_CLI_CONTROL',
      `the path of the control socket, ${printable(path)}, is longer than ${longestPath} bytes`,
      'Use a shorter data directory, or a relative path to it.',
    )
  }
  const descriptor = openSync(dataDir, 'r')
  return { path: join(`/proc/self/fd/${descriptor}`, fileName), release: () => closeSync(descriptor) }
}
