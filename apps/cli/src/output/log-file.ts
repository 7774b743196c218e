import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { CliError } from '../errors/cli-error.js'
import { printable } from '../text/printable.js'

interface LogFile {
  /** Appends a line, with its newline. */
  write(line: string): void
  close(): void
}

interface LogFileOptions {
  readonly path: string
  /** A file that has reached this size becomes `path.1`, the one before it `path.2` … Default 64 MiB. */
  readonly maxBytes?: number
  /** Files that are kept beside the current one. Default 5. */
  readonly keep?: number
  /** Called with the first line that could not be written; later ones are still tried. */
  readonly onLost?: (error: Error) => void
}

/**
 * A log file that is rotated by size. Lines are written immediately, so that the last ones before a crash are there. A full disk costs
 * lines, never the run.
 * @throws CliError LAGOON_CLI_FILE when the file cannot be opened
 */
export function openLogFile({
  path,
  maxBytes = 64 * 1024 * 1024,
  keep = 5,
  onLost,
}: LogFileOptions): LogFile {
  let lost = false
  let { descriptor, size } = open(path)
  const rotate = () => {
    closeSync(descriptor)
    rmSync(`${path}.${keep}`, { force: true })
    for (let number = keep - 1; number >= 0; number -= 1)
      rename(number === 0 ? path : `${path}.${number}`, `${path}.${number + 1}`)
    ;({ descriptor, size } = open(path))
  }
  return {
    write(line) {
      try {
        if (size > 0 && size + Buffer.byteLength(line) > maxBytes) rotate()
        size += writeSync(descriptor, line)
      } catch (error) {
        if (!lost) onLost?.(error as Error)
        lost = true
      }
    },
    close() {
      closeSync(descriptor)
    },
  }
}

function open(path: string): { descriptor: number; size: number } {
  try {
    const descriptor = openSync(path, 'a', 0o640)
    return { descriptor, size: fstatSync(descriptor).size }
  } catch (cause) {
    throw new CliError(
      'LAGOON_CLI_FILE',
      `--log-file ${printable(path)} cannot be written (${(cause as NodeJS.ErrnoException).code})`,
      'Use a file in a directory that exists and that you can write to.',
      { cause },
    )
  }
}

function rename(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
