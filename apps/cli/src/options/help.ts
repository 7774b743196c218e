import { commandNames, commands, type CommandName } from '../commands/catalogue.js'
import type { CommandSpec } from '../commands/command-spec.js'
import { sizeText } from './byte-size.js'
import { columns, wrapLine } from './columns.js'
import type { Flag } from './flag.js'
import { flags } from './flags.js'
import { valueNameOf } from './parse-arguments.js'

const epilogue = `Where the stores are, and their keys, comes from the environment or from .env in the working directory, LAGOON_SOURCE_… for one side and LAGOON_DESTINATION_… for the other:
  …_BUCKET             required
  …_ENDPOINT_URL       default AWS
  …_REGION             default us-east-1
  …_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY, …_SESSION_TOKEN
                       default AWS's credential chain
  …_FORCE_PATH_STYLE   default true where an endpoint is set
  …_CA_FILE, …_PROXY, …_SSE_C_KEY and more for special stores: see the README
Every flag is a variable too: --max-attempts is LAGOON_MAX_ATTEMPTS. A flag beats the environment, which beats .env, which beats lagoon.config.yaml.

Exit codes:
  0         every key of every manifest is at the destination
  1         a defect of Lagoon Sync
  2         usage, configuration or an endpoint is wrong; nothing was copied
  3         the run finished, some objects or manifests failed
  4         another process holds the data directory
  5         stopped early by a full disk, expired credentials, a failed listing …;
            fix the cause and repeat the command to resume
  130, 143  stopped by SIGINT, SIGTERM; repeat the command to resume`

/** The help of one command, or of all. @param width columns of the terminal; text is wrapped at 40 to 120 */
export function helpText(command: CommandName | undefined, width: number): string {
  const spec: CommandSpec = commands[command ?? 'sync']
  const most = Math.max(40, Math.min(width, 120))
  const section = (title: string, rows: readonly (readonly [string, string])[]): string =>
    rows.length === 0 ? '' : `${title}:\n${columns(rows, most)}`
  const wrapped = (text: string): string =>
    text
      .split('\n')
      .map((line) => wrapLine(line, most))
      .join('\n')
  return [
    wrapped(usageOf(command, spec)),
    section(
      'Commands',
      command === undefined ? commandNames.map((name) => [`  lagoon ${name}`, commands[name].describe]) : [],
    ),
    section('Flags', [
      ...spec.flags.map((name) => [`      --${name}`, describeFlag(flags[name])] as const),
      ['  -h, --help', 'Show this help'],
      ...(command === undefined ? ([['      --version', 'Show the version']] as const) : []),
    ]),
    section('Examples', spec.examples?.map(([example, what]) => [`  ${example}`, what] as const) ?? []),
    wrapped(command === undefined || command === 'sync' ? epilogue : 'lagoon --help shows all commands.'),
  ]
    .filter(Boolean)
    .join('\n\n')
}

function usageOf(command: CommandName | undefined, spec: CommandSpec): string {
  if (command === undefined) {
    return 'Usage: lagoon [command] [flags]\n\nCopies the objects that Parquet manifests name from one S3-compatible store to another.'
  }
  const positionals = spec.positionals === undefined ? '' : ` ${spec.positionals.usage}`
  return `Usage: lagoon ${command}${positionals} [flags]\n\n${spec.describe}.`
}

function describeFlag(flag: Flag): string {
  const extra = [valuesOf(flag), flag.defaultText === undefined ? '' : `default ${flag.defaultText}`].filter(
    Boolean,
  )
  return `${flag.describe}${extra.length === 0 ? '' : ` [${extra.join('; ')}]`}`
}

function valuesOf(flag: Flag): string {
  if (flag.kind === 'boolean') return ''
  if (flag.kind === 'size') return `${sizeText(flag.minimum)} to ${sizeText(flag.maximum)}`
  if (flag.kind === 'integer' || flag.kind === 'number') return `${flag.minimum} to ${flag.maximum}`
  return flag.kind === 'choice' ? flag.choices.join(' | ') : valueNameOf(flag)
}
