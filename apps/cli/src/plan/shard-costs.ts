import type { Shard, SyncSummary } from '@lagoon/sync'
import { formatCount, formatCountOf, formatDuration, formatPercent } from '../text/format.js'
import type { Estimate } from './estimate.js'

/** What a shard reads to find its own rows, as counted and timed by the dry run. */
export interface ShardCosts {
  readonly index: number
  readonly count: number
  readonly by: 'key' | 'row-group'
  /** Rows of the manifests to read; null where only reading all of them would tell. */
  readonly rows: number | null
  /** Rows that this shard read: all of them by key, its own by row group. */
  readonly read: number
  /** Time of the dry run: reading, hashing, looking up in the state. */
  readonly readingMs: number
  /** That time as a share of copying; null without an earlier run to measure by. */
  readonly shareOfCopying: number | null
}

/** Reading all manifests in each shard is worth avoiding from this share of the time to copy on. */
const considerableShare = 0.1

export function shardCosts(
  { index, count, by = 'key' }: Shard,
  { shard, durationMs }: Pick<SyncSummary, 'shard' | 'durationMs'>,
  time: Estimate['time'],
): ShardCosts {
  const { rows = null, read = 0 } = shard ?? {}
  const shareOfCopying = time === null || time.durationMs === 0 ? null : durationMs / time.durationMs
  return { index, count, by, rows, read, readingMs: durationMs, shareOfCopying }
}

/** What the shard costs as it is, and what the other way of sharing out would change. */
export function shardLines(costs: ShardCosts): string[] {
  const { index, count, by, rows, read, readingMs, shareOfCopying } = costs
  const took = `in ${formatDuration(readingMs)}`
  if (by === 'row-group') {
    const what =
      rows === null ? formatCountOf(read, 'row') : `${formatCount(read)} of ${formatCountOf(rows, 'row')}`
    return [
      `Shard ${index}/${count} by row group: reads ${what} of the manifests, ${took}. An object that is named in two row groups may be copied twice.`,
      'With --shard-by key, each shard would read all rows, and an object named twice would be copied once.',
    ]
  }
  const share = shareOfCopying === null ? '' : `, ${formatPercent(shareOfCopying, 1)} of the time to copy`
  const advice =
    shareOfCopying !== null && shareOfCopying >= considerableShare
      ? ' Worth it here, unless manifests name objects more than once.'
      : ''
  return [
    `Shard ${index}/${count} by key: each shard reads all ${formatCountOf(read, 'row')} of the manifests, this one ${took}${share}. An object that is named twice is copied once.`,
    `With --shard-by row-group, each shard would read about ${formatCount(Math.ceil(read / count))}, and an object named in two row groups may be copied twice.${advice}`,
  ]
}
