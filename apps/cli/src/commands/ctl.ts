import { parseChanges, parsePairs } from '../control/changes.js'
import { askRun } from '../control/control-client.js'
import type { ControlRequest } from '../control/protocol.js'
import { renderControl } from '../control/render-control.js'
import { exitCodes } from '../exit-codes.js'
import type { LiveRun } from '../live/live-file.js'
import { resolveDataDir } from '../options/sync-options.js'
import type { CommandContext, CommandModule, CommandOutcome } from './command.js'

/** The run as it is after the request, under `--json`. */
export interface Control extends LiveRun {
  readonly type: 'control'
}

/** What the run under way says of itself. */
export const status: CommandModule = { run: (context) => ask(context, { command: 'status' }) }

/** Begins no more attempts until `resume`. */
export const pause: CommandModule = { run: (context) => ask(context, { command: 'pause' }) }

export const resume: CommandModule = { run: (context) => ask(context, { command: 'resume' }) }

/** Changes settings of the run under way; its next start takes them from where they were before. */
export const set: CommandModule = {
  async run(context) {
    const values = parsePairs(context.positionals)
    // What can't be is refused here, in the words of the command line, whatever the run would say to it.
    parseChanges(values.map(([name, value]) => [name, { value, origin: name, from: 'flag' }]))
    return ask(context, { command: 'set', values })
  },
}

async function ask(context: CommandContext, request: ControlRequest): Promise<CommandOutcome> {
  const run = await askRun(resolveDataDir(context.settings), request)
  const data: Control = { type: 'control', ...run }
  return { exitCode: exitCodes.ok, data, render: (style) => renderControl(run, style) }
}
