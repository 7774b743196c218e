import type { FailureRecord } from '@lagoon/state-lmdb'
import type { RetryFilter } from '@lagoon/sync'
import type { FailureCounts } from '../failures/failure-counts.js'
import { runCopy } from '../copy/run-copy.js'
import { CliError } from '../errors/cli-error.js'
import { exitCodes } from '../errors/exit-codes.js'
import { openFailureExport } from '../failures/open-export.js'
import { failuresOfStates, type FailureSource } from '../failures/source.js'
import { renderFailures } from '../failures/render-failures.js'
import { booleanFlag, choiceFlag, numberFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { resolveDataDirPattern, resolveSyncOptions } from '../options/sync-options.js'
import { commandLine, toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { resolveQueue, type QueueSettings } from '../queue/queue-settings.js'
import { commands } from '../command-specs/commands.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Lists the failures of a state, or of a job on a queue, or retries them. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  const queue = resolveQueue(settings)
  if (booleanFlag(settings, 'retry')) return retry(context, queue)
  if (queue === undefined) return list(context, failuresOfStates(resolveDataDirPattern(settings)))
  const { failuresOfJob } = await import('../job/failures.js')
  return list(context, failuresOfJob(queue))
}

/** Retries the recorded failures and nothing else, as a sync would; those of a job are returned to its workers. */
async function retry(context: CommandContext, queue: QueueSettings | undefined): Promise<CommandOutcome> {
  const { settings } = context
  for (const name of ['limit', 'export'] as const) {
    if (settings.flag(name) === undefined) continue
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `--retry and --${name} cannot be combined`,
      'Use a separate command to list or export.',
    )
  }
  if (queue !== undefined) {
    const { retryInJob } = await import('../job/failures.js')
    return retryInJob(queue, filterOf(settings))
  }
  // The record names the rows, not the flags and variables about manifests.
  const { filter: _, manifests: __, listing: ___, ...options } = resolveSyncOptions(settings)
  return runCopy(context, { ...options, dryRun: false, retry: filterOf(settings) }, commands.failures.flags)
}

/** Reads, also beside a running process. Changes nothing but the file of `--export`. */
async function list(context: CommandContext, source: FailureSource): Promise<CommandOutcome> {
  const { settings } = context
  const limit = numberFlag(settings, 'limit') ?? 20
  const filter = filterOf(settings)
  const exported = await openFailureExport(settings)
  const { exists, recorded, name } = await source.describe()
  const first: FailureRecord[] = []
  const byClass = new Map<string, number>()
  const byCode = new Map<string, number>()
  let total = 0
  for await (const failure of source.records(filter)) {
    total += 1
    byClass.set(failure.class, (byClass.get(failure.class) ?? 0) + 1)
    byCode.set(failure.code, (byCode.get(failure.code) ?? 0) + 1)
    if (first.length < limit) first.push(failure)
    await exported?.write(failure)
  }
  const files = (await exported?.close()) ?? []
  const counts: FailureCounts = {
    type: 'failures',
    exists,
    recorded,
    total,
    byClass: Object.fromEntries(byClass),
    byCode: Object.fromEntries(byCode),
  }
  return {
    exitCode: exitCodes.ok,
    data: counts,
    async *rows() {
      for await (const failure of source.records(filter)) yield { type: 'failure', ...failure }
    },
    render: (style) => renderFailures({ place: name, counts, first, files, again: againOf(context) }, style),
  }
}

function filterOf(settings: Settings): RetryFilter {
  const kind = choiceFlag(settings, 'class')
  const code = textFlag(settings, 'code')
  const manifest = textFlag(settings, 'manifest')
  return {
    ...(kind === undefined ? {} : { class: kind }),
    ...(code === undefined ? {} : { code }),
    ...(manifest === undefined ? {} : { manifest }),
  }
}

/** The command that retries what this one lists. */
function againOf({ settings, environment }: CommandContext): string {
  const given = (['class', 'code', 'manifest'] as const).flatMap((name) => {
    const setting = settings.flag(name)
    return setting?.from === 'flag' ? [`--${name}`, setting.value] : []
  })
  return commandLine(toolName(environment), ['failures', '--retry', ...jobFlags(settings), ...given])
}
