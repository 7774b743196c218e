import { existsSync } from 'node:fs'
import type { FailureRecord } from '@lagoon/state-lmdb'
import type { RetryFilter } from '@lagoon/sync'
import type { FailureCounts } from '../answers/failure-counts.js'
import { runCopy } from '../copy/run-copy.js'
import { CliError } from '../errors.js'
import { exitCodes } from '../exit-codes.js'
import { openFailureExport } from '../failures/open-export.js'
import { renderFailures } from '../failures/render-failures.js'
import { booleanFlag, choiceFlag, numberFlag, textFlag } from '../options/flag-values.js'
import type { Settings } from '../options/settings.js'
import { resolveDataDir, resolveSyncOptions } from '../options/sync-options.js'
import { commandLine, toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { commands } from './catalogue.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** Lists what the state knows of failures, or tries it again. */
export function run(context: CommandContext): Promise<CommandOutcome> {
  return booleanFlag(context.settings, 'retry') ? retry(context) : list(context)
}

/** Tries the recorded failures again and nothing else, as a sync would. */
async function retry(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  for (const name of ['limit', 'export'] as const) {
    if (settings.flag(name) === undefined) continue
    throw new CliError(
      'LAGOON_CLI_CONFLICT',
      `--retry and --${name} exclude each other`,
      'List or export in a command of its own.',
    )
  }
  // Which rows is what the record says, not what flags and variables say of manifests.
  const { filter: _, manifests: __, ...options } = resolveSyncOptions(settings)
  return runCopy(context, { ...options, dryRun: false, retry: filterOf(settings) }, commands.failures.flags)
}

/** Reads, beside a running process too. Changes nothing but the file of `--export`. */
async function list(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  const directory = resolveDataDir(settings)
  const limit = numberFlag(settings, 'limit') ?? 20
  const { manifest, ...filter } = filterOf(settings)
  const exported = await openFailureExport(settings)
  const { openStateReadOnly } = await import('@lagoon/state-lmdb')

  async function* records(): AsyncGenerator<FailureRecord> {
    const state = await openStateReadOnly({ directory })
    try {
      for (const failure of state.failures(filter))
        if (manifest === undefined || failure.manifest.key === manifest) yield asNamed(failure)
    } finally {
      await state.close()
    }
  }

  const recorded = await countFailures(directory)
  const first: FailureRecord[] = []
  const byClass = new Map<string, number>()
  const byCode = new Map<string, number>()
  let total = 0
  for await (const failure of records()) {
    total += 1
    byClass.set(failure.class, (byClass.get(failure.class) ?? 0) + 1)
    byCode.set(failure.code, (byCode.get(failure.code) ?? 0) + 1)
    if (first.length < limit) first.push(failure)
    await exported?.write(failure)
  }
  const files = (await exported?.close()) ?? []
  const counts: FailureCounts = {
    type: 'failures',
    exists: existsSync(directory),
    recorded,
    total,
    byClass: Object.fromEntries(byClass),
    byCode: Object.fromEntries(byCode),
  }
  return {
    exitCode: exitCodes.ok,
    data: counts,
    async *rows() {
      for await (const failure of records()) yield { type: 'failure', ...failure }
    },
    render: (style) =>
      renderFailures({ dataDir: directory, counts, first, files, again: againOf(context) }, style),
  }
}

/** Of every class and code. */
async function countFailures(directory: string): Promise<number> {
  const { openStateReadOnly } = await import('@lagoon/state-lmdb')
  const state = await openStateReadOnly({ directory })
  const { failed } = state.counts()
  await state.close()
  return failed
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

/** As the manifest named it: the state's own key holds the key at the destination, too, where a manifest names one. */
function asNamed(failure: FailureRecord): FailureRecord {
  const key = (failure.job as { key?: string } | undefined)?.key
  return key === undefined ? failure : { ...failure, key }
}

/** The command that tries again what this one lists. */
function againOf({ settings, environment }: CommandContext): string {
  const given = (['class', 'code', 'manifest'] as const).flatMap((name) => {
    const setting = settings.flag(name)
    return setting?.from === 'flag' ? [`--${name}`, setting.value] : []
  })
  return commandLine(toolName(environment), ['failures', '--retry', ...jobFlags(settings), ...given])
}
