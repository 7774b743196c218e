import type { ManifestSummary, RunRecord } from '@lagoon/state-lmdb'
import type { SyncSummary } from '@lagoon/sync'
import type { Status } from './status-result.js'
import { describeRunning } from '../output/render-control.js'
import type { LiveRun } from '../output/live-file.js'
import {
  formatBytes,
  formatCount,
  formatCountOf,
  formatDuration,
  formatMoment,
  formatRate,
} from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/**
 * The answer to "how far is it?".
 * @param limit runs and manifests that are listed
 * @param failures the command that lists what failed
 */
export function renderStatus(status: Status, limit: number, failures: string, style: Style): string {
  const { counts, running, runs, manifests, dataDir } = status
  if (!status.exists) return `No run has used ${printable(dataDir)} yet.\n`
  // Those that a run has found and not begun are not in the state yet.
  const known = Math.max(manifests.length, running?.manifests.found ?? 0)
  const lines = [
    `State in ${printable(dataDir)}: ${formatCountOf(counts.complete, 'object')} complete, ${formatCountOf(counts.failed, 'failure')}, ` +
      `${formatCount(counts.manifestsFinished)} of ${formatCountOf(known, 'known manifest')} finished.`,
    ...(status.states === undefined
      ? running === null
        ? [style.dim('No run is active.')]
        : describeRunning(running, style)
      : ['', style.bold('Shards'), ...status.states.map(describeShard)]),
  ]
  if (runs.length > 0 && limit > 0) {
    lines.push(
      '',
      style.bold('Runs'),
      ...runs.slice(-limit).map((run) => describeRun(run, running, run === runs.at(-1))),
    )
  }
  if (manifests.length > 0 && limit > 0) {
    lines.push('', style.bold('Manifests'), ...listManifests(manifests, limit))
  }
  if (counts.failed > 0) lines.push('', `Show what failed and why: ${failures}`)
  return `${lines.join('\n')}\n`
}

function describeShard({ dataDir, counts, running }: NonNullable<Status['states']>[number]): string {
  const { progress } = running ?? {}
  const now =
    running === null
      ? 'no active run'
      : progress == null
        ? 'starting'
        : `${formatRate(progress.objectsPerSecond)} objects/s, ${formatBytes(progress.bytesPerSecond)}/s`
  return (
    `  ${printable(dataDir)}  ${formatCountOf(counts.complete, 'object')} complete, ` +
    `${formatCountOf(counts.failed, 'failure')}, ${now}`
  )
}

function describeRun(run: RunRecord, running: LiveRun | null, isLast: boolean): string {
  const begin = `  ${String(run.number).padStart(4)}  ${formatMoment(run.startedAt)}  `
  const summary = run.summary as SyncSummary | null
  if (summary === null) return `${begin}${isLast && running !== null ? 'running' : 'killed'}`
  const { completed, skipped, failed, bytes, durationMs, interrupted } = summary
  return (
    `${begin}${interrupted ? 'stopped' : 'ended'} after ${formatDuration(durationMs)}: ${formatCount(completed)} copied (${formatBytes(bytes)}), ` +
    `${formatCount(skipped)} skipped, ${formatCount(failed)} failed`
  )
}

/** Those with something left to do first, then those with failures. */
function listManifests(manifests: readonly ManifestSummary[], limit: number): string[] {
  const shown = [...manifests].sort((a, b) => rank(a) - rank(b)).slice(0, limit)
  const lines = shown.map(({ key, finished, settledRows }) => {
    if (finished === null)
      return `  ${printable(key)}  in progress, ${formatCountOf(settledRows, 'row')} settled`
    const failed = finished.failed === 0 ? '' : `, ${formatCount(finished.failed)} failed`
    return `  ${printable(key)}  finished, ${formatCountOf(finished.rows, 'row')}${failed}`
  })
  const rest = manifests.length - shown.length
  return rest === 0 ? lines : [...lines, `  and ${formatCount(rest)} more (--limit, or --json for all)`]
}

function rank({ finished }: ManifestSummary): number {
  if (finished === null) return 0
  return finished.failed > 0 ? 1 : 2
}
