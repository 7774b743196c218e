import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { CliError } from '../errors.js'

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

/**
 * `.env` may also hold what the AWS default credential chain reads (AWS_PROFILE, AWS_ACCESS_KEY_ID …), as with the Python
 * tool: set in the process' environment, where nothing is set already.
 */
export function adoptAwsVariables(
  dotEnv: Readonly<Record<string, string | undefined>>,
  environment: Record<string, string | undefined>,
): void {
  for (const [name, value] of Object.entries(dotEnv)) {
    if (name.startsWith('AWS_') && environment[name] === undefined && value) environment[name] = value
  }
}
