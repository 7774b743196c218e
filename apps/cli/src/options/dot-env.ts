import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { CliError } from '../errors/cli-error.js'

/** Variables of `.env` in the directory; none when there is no such file. */
export function readDotEnv(directory: string): Record<string, string | undefined> {
  let text
  try {
    text = readFileSync(`${directory}/.env`, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'EISDIR') return {}
    throw new CliError(
      'LAGOON_CLI_FILE',
      `.env in ${directory} cannot be read (${code})`,
      'Make it readable, or remove it.',
      {
        cause,
      },
    )
  }
  return parseEnv(text)
}

/** Files of AWS whose profiles may name programs to run (`credential_process`). */
const mayNamePrograms = new Set(['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])

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
    if (mayNamePrograms.has(name))
      warnings.push(
        `${name} in .env is ignored: such a file can name programs to run. Set it in the environment.`,
      )
    else environment[name] = value
  }
  return warnings
}
