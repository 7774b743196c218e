import { existsSync } from 'node:fs'
import type { ReadonlyState } from '@lagoon/state-lmdb'
import type { KeyStatus, Status } from '../answers/status.js'
import { exitCodes } from '../exit-codes.js'
import { readLiveRun } from '../live/live-file.js'
import { numberFlag } from '../options/flag-values.js'
import { resolveDataDir } from '../options/sync-options.js'
import { commandLine, toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { renderKeyStatus } from '../output/render-key-status.js'
import { renderStatus } from '../output/render-status.js'
import type { Style } from '../output/style.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** Reads the state, beside a running process too. Changes nothing. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const dataDir = resolveDataDir(context.settings)
  const limit = numberFlag(context.settings, 'limit') ?? 20
  const { openStateReadOnly } = await import('@lagoon/state-lmdb')
  const state = await openStateReadOnly({ directory: dataDir })
  try {
    const asked = context.settings.all('key').map(({ value }) => value)
    if (asked.length > 0) return ofKeys(state, asked)
    const status: Status = {
      type: 'status',
      dataDir,
      exists: existsSync(dataDir),
      counts: state.counts(),
      running: readLiveRun(dataDir) ?? null,
      runs: [...state.runs()],
      manifests: [...state.manifests()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    }
    const failures = commandLine(toolName(context.environment), ['failures', ...jobFlags(context.settings)])
    const render = (style: Style) => renderStatus(status, limit, failures, style)
    return { exitCode: exitCodes.ok, data: status, render }
  } finally {
    await state.close()
  }
}

function ofKeys(state: ReadonlyState, asked: readonly string[]): CommandOutcome {
  const complete = state.lookup(asked)
  const keys = asked.map((key, i): KeyStatus => {
    const failures = [...state.failures({ key })]
    const status = failures.length > 0 ? 'FAILED' : complete[i] === 1 ? 'COMPLETED' : null
    return { key, status, failures }
  })
  return {
    exitCode: exitCodes.ok,
    data: { type: 'keys', keys },
    render: (style) => renderKeyStatus(keys, style),
  }
}
