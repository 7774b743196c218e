import { isUtf8 } from 'node:buffer'
import { readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { CliError } from '../errors/cli-error.js'

/** The largest `.env` that is read. */
const MAX_BYTES = 1024 * 1024

/** Variables of `.env` in the directory; none when there is no such file. */
export function readDotEnv(directory: string): Record<string, string | undefined> {
  let bytes
  try {
    const file = `${directory}/.env`
    const stats = statSync(file)
    if (stats.isDirectory()) return {}
    // Another user's pipe would never end, and a device neither.
    if (!stats.isFile() || stats.size > MAX_BYTES) throw unreadable(directory, 'is not a file of settings')
    bytes = readFileSync(file)
  } catch (cause) {
    if (cause instanceof CliError) throw cause
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT') return {}
    throw unreadable(directory, `cannot be read (${code})`, cause)
  }
  if (bytes.includes(0) || !isUtf8(bytes)) throw unreadable(directory, 'is not text in UTF-8')
  return parseEnv(
    bytes
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .replaceAll(/\r\n?/g, '\n'),
  )
}

function unreadable(directory: string, problem: string, cause?: unknown): CliError {
  const message = `.env in ${directory} ${problem}`
  return new CliError('LAGOON_CLI_FILE', message, 'Make it a readable text file in UTF-8, or remove it.', {
    cause,
  })
}

/**
 * Variables of AWS that name files or addresses: profiles in such a file may name programs to run (`credential_process`), and a token
 * file is sent to the address, whatever it holds.
 */
const namesFileOrAddress = /_FILE$|_URI$|_ENDPOINT(?:_|$)|_BUNDLE$/

/**
 * `.env` may also set what the AWS default credential chain reads (AWS_PROFILE, AWS_ACCESS_KEY_ID …), as with the Python tool: it is
 * set in the process' environment unless it exists there. Variables that can make a program run are not taken from it: `.env` is in the
 * working directory, which may belong to another user.
 * @returns what was left out, a line each
 */
export function adoptAwsVariables(
  dotEnv: Readonly<Record<string, string | undefined>>,
  environment: Record<string, string | undefined>,
): string[] {
  const warnings: string[] = []
  for (const [name, value] of Object.entries(dotEnv)) {
    if (!name.startsWith('AWS_') || environment[name] !== undefined || !value) continue
    if (namesFileOrAddress.test(name))
      warnings.push(
        `${name} in .env is ignored: it could run programs or send files elsewhere. Set it in the environment.`,
      )
    else environment[name] = value
  }
  return warnings
}
