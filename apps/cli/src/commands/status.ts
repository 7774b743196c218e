import { existsSync } from 'node:fs'
import type { ManifestSummary, ReadonlyState } from '@lagoon/state-lmdb'
import type { KeyStatus, Status } from '../status/status-result.js'
import { exitCodes } from '../errors/exit-codes.js'
import { readLiveRun } from '../output/live-file.js'
import { booleanFlag, numberFlag } from '../options/flag-values.js'
import { resolveDataDirPattern } from '../options/sync-options.js'
import { commandLine, toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { renderKeyStatus } from '../status/render-key-status.js'
import { follow } from '../output/follow.js'
import { renderStatus } from '../status/render-status.js'
import { stateDirectories } from '../status/state-directories.js'
import { resolveQueue } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome, View } from '../output/command.js'

/** Reads a job on a queue, a state, or the states of several shards, also beside running processes. Changes nothing. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const queue = resolveQueue(context.settings)
  if (queue === undefined) return ofState(context)
  const { statusOfJob } = await import('../job/status.js')
  return statusOfJob(context, queue)
}

async function ofState(context: CommandContext): Promise<CommandOutcome> {
  const dataDir = resolveDataDirPattern(context.settings)
  const limit = numberFlag(context.settings, 'limit') ?? 20
  const { openStateReadOnly } = await import('@lagoon/state-lmdb')
  const open = (directory: string) => openStateReadOnly({ directory })
  const asked = context.settings.all('key').map(({ value }) => value)
  if (asked.length > 0) {
    const state = await open(dataDir)
    try {
      return ofKeys(state, asked)
    } finally {
      await state.close()
    }
  }
  const failures = commandLine(toolName(context.environment), ['failures', ...jobFlags(context.settings)])
  const read = async (): Promise<View> => {
    const data = dataDir.includes('*') ? await statusOfShards(dataDir, open) : await statusOf(dataDir, open)
    const over = [data, ...(data.states ?? [])].every(({ running }) => running === null)
    return { data, over, render: (style) => renderStatus(data, limit, failures, style) }
  }
  const view = booleanFlag(context.settings, 'follow') ? await follow(context, read) : await read()
  return { exitCode: exitCodes.ok, ...view }
}

type Open = (directory: string) => Promise<ReadonlyState>

async function statusOf(dataDir: string, open: Open): Promise<Status> {
  const state = await open(dataDir)
  try {
    return {
      type: 'status',
      dataDir,
      exists: existsSync(dataDir),
      counts: state.counts(),
      running: readLiveRun(dataDir) ?? null,
      runs: [...state.runs()],
      manifests: [...state.manifests()].sort((a, b) => (a.key < b.key ? -1 : 1)),
    }
  } finally {
    await state.close()
  }
}

/** The states of all matching directories, added up. A manifest is finished when each of them has finished it. */
async function statusOfShards(pattern: string, open: Open): Promise<Status> {
  const states: Status[] = []
  for (const directory of stateDirectories(pattern)) states.push(await statusOf(directory, open))
  const manifests = addManifests(states.map((state) => state.manifests))
  const sum = (of: (status: Status) => number): number => states.reduce((total, each) => total + of(each), 0)
  return {
    type: 'status',
    dataDir: pattern,
    exists: states.length > 0,
    counts: {
      complete: sum(({ counts }) => counts.complete),
      failed: sum(({ counts }) => counts.failed),
      manifestsFinished: manifests.filter(({ finished }) => finished !== null).length,
    },
    running: null,
    runs: [],
    manifests,
    states: states.map(({ dataDir, counts, running }) => ({ dataDir, counts, running })),
  }
}

function addManifests(states: readonly (readonly ManifestSummary[])[]): ManifestSummary[] {
  const all = new Map<string, ManifestSummary & { states: number }>()
  for (const manifest of states.flat()) {
    const { key, etag, scope = '', finished } = manifest
    const id = JSON.stringify([key, etag, scope])
    const other = all.get(id)
    all.set(id, {
      key,
      etag,
      ...(scope !== '' && { scope }),
      finished:
        other === undefined
          ? finished
          : other.finished &&
            finished && {
              rows: other.finished.rows + finished.rows,
              failed: other.finished.failed + finished.failed,
            },
      settledRows: (other?.settledRows ?? 0) + manifest.settledRows,
      settledRowGroups: Math.max(other?.settledRowGroups ?? 0, manifest.settledRowGroups),
      states: (other?.states ?? 0) + 1,
    })
  }
  return [...all.values()]
    .map(({ states: known, ...manifest }) =>
      known === states.length ? manifest : { ...manifest, finished: null },
    )
    .sort((a, b) => (a.key < b.key ? -1 : 1))
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
