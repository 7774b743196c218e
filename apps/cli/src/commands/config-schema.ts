import { configJsonSchema } from '../config/config-schema.js'
import { exitCodes } from '../exit-codes.js'
import type { CommandOutcome } from './command.js'

/** The JSON Schema of configuration files, as the package holds it. */
export async function run(): Promise<CommandOutcome> {
  const schema = configJsonSchema()
  return { exitCode: exitCodes.ok, data: schema, render: () => `${JSON.stringify(schema, null, 2)}\n` }
}
