import { exitCodes } from '../errors/exit-codes.js'
import { parseChoice } from '../options/parse-value.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Prints the JSON Schema of configuration files, or of the events of `--json`. */
export async function run({ positionals: [value = 'config'] }: CommandContext): Promise<CommandOutcome> {
  const what = parseChoice({ value, origin: 'the schema', from: 'flag' }, ['config', 'events'])
  const schema = what === 'config' ? await ofConfig() : await ofEvents()
  return { exitCode: exitCodes.ok, data: schema, render: () => `${JSON.stringify(schema, null, 2)}\n` }
}

async function ofConfig(): Promise<object> {
  const { configJsonSchema } = await import('../config/config-schema.js')
  return configJsonSchema()
}

async function ofEvents(): Promise<object> {
  const { eventsJsonSchema } = await import('../output/events-schema.js')
  return eventsJsonSchema()
}
