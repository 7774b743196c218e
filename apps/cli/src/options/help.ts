import yargs from 'yargs'
import { commandNames, commands, type CommandName, type CommandSpec } from '../commands/catalogue.js'
import type { Flag } from './flag.js'
import { flags, type FlagName } from './flags.js'
import { valueNameOf } from './parse-arguments.js'

const epilogue = `Where the stores are, and their keys, comes from the environment or from .env in the working directory, LAGOON_SOURCE_… for one side and LAGOON_DESTINATION_… for the other:
  …_BUCKET             required
  …_ENDPOINT_URL       default AWS
  …_REGION             default us-east-1
  …_ACCESS_KEY_ID, …_SECRET_ACCESS_KEY, …_SESSION_TOKEN
                       default AWS's credential chain
  …_FORCE_PATH_STYLE   default true where an endpoint is set
  …_CA_FILE, …_PROXY, …_SSE_C_KEY and more for special stores: see the README
Every flag is a variable too: --max-attempts is LAGOON_MAX_ATTEMPTS. A flag beats the environment, which beats .env.

Exit codes:
  0         every key of every manifest is at the destination
  1         a defect of Lagoon Sync
  2         usage, configuration or an endpoint is wrong; nothing was copied
  3         the run finished, some objects or manifests failed
  4         another process holds the data directory
  130, 143  stopped by SIGINT, SIGTERM; repeat the command to resume`

/** The help of one command, or of all. @param width columns of the terminal, 40 to 120 */
export function helpText(command: CommandName | undefined, width: number): Promise<string> {
  const spec: CommandSpec = commands[command ?? 'sync']
  const builder = yargs()
    .scriptName('lagoon')
    .detectLocale(false)
    .help(false)
    .version(false)
    .exitProcess(false)
    .wrap(Math.max(40, Math.min(width, 120)))
    .usage(usageOf(command, spec))
    .updateStrings({ 'Options:': 'Flags:' })
  if (command === undefined) {
    for (const name of commandNames) builder.command(name, commands[name].describe)
  }
  for (const name of spec.flags) builder.option(name, yargsOption(name))
  builder.option('help', { alias: 'h', type: 'boolean', describe: 'Show this help' })
  if (command === undefined) builder.option('version', { type: 'boolean', describe: 'Show the version' })
  for (const [example, what] of spec.examples ?? []) builder.example(example, what)
  return builder
    .epilogue(command === undefined || command === 'sync' ? epilogue : 'lagoon --help shows all commands.')
    .getHelp()
}

function usageOf(command: CommandName | undefined, spec: CommandSpec): string {
  if (command === undefined) {
    return 'Usage: lagoon [command] [flags]\n\nCopies the objects that Parquet manifests name from one S3-compatible store to another.'
  }
  const positionals = spec.positionals === undefined ? '' : ` ${spec.positionals.usage}`
  return `Usage: lagoon ${command}${positionals} [flags]\n\n${spec.describe}.`
}

function yargsOption(name: FlagName) {
  const flag: Flag = flags[name]
  const extra = [
    flag.kind === 'boolean' ? '' : valueNameOf(flag) === 'N' ? rangeOf(flag) : valueNameOf(flag),
    flag.defaultText === undefined ? '' : `default ${flag.defaultText}`,
  ].filter(Boolean)
  return { describe: `${flag.describe}${extra.length === 0 ? '' : ` [${extra.join('; ')}]`}` }
}

function rangeOf(flag: Flag): string {
  return flag.kind === 'integer' || flag.kind === 'number' ? `${flag.minimum} to ${flag.maximum}` : ''
}
