import type { ConfigReport } from '../config/config-report.js'
import { effectiveSettings, problemOf } from '../config/effective-settings.js'
import { exitCodes } from '../errors/exit-codes.js'
import { renderConfig } from '../config/render-config.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Shows every setting with its value and origin, secrets masked. Sends no request to a store. */
export async function run({ settings }: CommandContext): Promise<CommandOutcome> {
  const { file } = settings
  const found = effectiveSettings(settings)
  const data: ConfigReport = {
    type: 'config',
    file: file?.path ?? null,
    profile: file?.profile ?? null,
    profiles: file?.profiles ?? [],
    problem: problemOf(settings),
  }
  return {
    exitCode: data.problem === null ? exitCodes.ok : exitCodes.usage,
    rows: () => found.map((setting) => ({ type: 'setting', ...setting })),
    data,
    render: (style) => renderConfig(found, data, style),
  }
}
