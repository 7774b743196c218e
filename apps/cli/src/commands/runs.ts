import type { RunRecord } from '@lagoon/state-lmdb'
import type { SyncSummary } from '@lagoon/sync'
import { exitCodes } from '../errors/exit-codes.js'
import { readLiveRun } from '../output/live-file.js'
import { numberFlag } from '../options/flag-values.js'
import { resolveDataDir } from '../options/sync-options.js'
import { formatBytes, formatCount, formatDuration, formatMoment, formatRate } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

const headings = [
  'run',
  'started (UTC)',
  'took',
  'outcome',
  'copied',
  'failed',
  'bytes',
  'objects/s',
  'bytes/s',
]

/** The history of a data directory, oldest run first. Reads, beside a running process too. */
export async function run({ settings }: CommandContext): Promise<CommandOutcome> {
  const dataDir = resolveDataDir(settings)
  const limit = numberFlag(settings, 'limit') ?? 20
  const { openStateReadOnly } = await import('@lagoon/state-lmdb')
  const state = await openStateReadOnly({ directory: dataDir })
  const records = [...state.runs()]
  await state.close()
  const underWay = readLiveRun(dataDir) === undefined ? undefined : records.at(-1)
  const outcomeOf = (record: RunRecord) =>
    record === underWay ? 'running' : ((record.summary as SyncSummary | null)?.reason ?? 'killed')
  const shown = limit === 0 ? [] : records.slice(-limit)
  return {
    exitCode: exitCodes.ok,
    rows: () =>
      records.map((record) => ({ type: 'run', run: record.number, outcome: outcomeOf(record), ...record })),
    data: { type: 'runs', dataDir, runs: records.length },
    render: (style) => {
      if (records.length === 0) return `No run has used ${printable(dataDir)} yet.\n`
      const rows = shown.map((record) => cellsOf(record, outcomeOf(record)))
      const [head, ...lines] = aligned([headings, ...rows])
      const rest = records.length - shown.length
      const more = rest === 0 ? [] : [`and ${formatCount(rest)} earlier (--limit, or --json for all)`]
      return [style.bold(head!), ...lines, ...more, ''].join('\n')
    },
  }
}

function cellsOf({ number, startedAt, summary }: RunRecord, outcome: string): string[] {
  const begin = [String(number), formatMoment(startedAt)]
  if (summary === null) return [...begin, '-', outcome, '-', '-', '-', '-', '-']
  const { completed, failed, bytes, durationMs } = summary as SyncSummary
  const seconds = Math.max(durationMs, 1) / 1000
  return [
    ...begin,
    formatDuration(durationMs),
    outcome,
    formatCount(completed),
    formatCount(failed),
    formatBytes(bytes),
    formatRate(completed / seconds),
    formatBytes(bytes / seconds),
  ]
}

/** Columns as wide as their widest cell, for `grep` and `cut` as well as for the eye. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  )
}
