import type { Plan } from './plan-result.js'
import { shardLines } from './shard-costs.js'
import { formatBytes, formatCount, formatCountOf, formatDuration } from '../text/format.js'
import { oneLine } from '../text/one-line.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'

/** What a run would do, and what it would take. */
export function renderPlan(plan: Plan, style: Style): string {
  const { planned, skipped, failed, manifests, bytes, withoutSize, requests, cost } = plan
  const least = withoutSize > 0 ? 'at least ' : ''
  const size = bytes === null ? '' : `, ${least}${formatBytes(bytes)}`
  const { job, failedBefore = 0 } = plan
  const before = failedBefore === 0 ? '' : `, ${formatCount(failedBefore)} failed before`
  const lines = [
    style.bold(
      `${job === undefined ? 'A run' : `The job ${printable(job)}`} would copy ${formatCountOf(planned, 'object')}${size}.`,
    ),
    `Of ${formatCountOf(planned + skipped + failed, 'row')}: ${formatCount(skipped)} complete or named twice, ${formatCount(failed - failedBefore)} without a usable key${before}.`,
    `Manifests: ${formatCount(manifests.toRead)} to read, ${formatCount(manifests.finished)} already finished, ${formatCount(manifests.unreadable)} unreadable.`,
    ...plan.problems.map((problem) => style.red(`  ${printable(oneLine(problem))}`)),
    `Requests: ${formatCount(requests.source)} GET at the source, ${formatCount(requests.destination)} PUT at the destination; more for large objects and retries.`,
    ...(bytes !== null && withoutSize > 0
      ? [`Sizes: ${formatCountOf(withoutSize, 'object')} without one, not counted in bytes and traffic.`]
      : []),
    partsLine(plan.parts),
    timeLine(plan),
  ]
  if (failedBefore > 0) lines.push('Rows that failed are left until lagoon failures --retry puts them back.')
  if (cost !== null) {
    const egress =
      cost.egress === null
        ? 'traffic unknown, because no manifest has sizes'
        : `${least}${money(cost.egress)} for traffic`
    lines.push(`Cost at the given prices: ${money(cost.requests)} for requests, ${egress}.`)
  }
  if (plan.shard !== undefined) lines.push(...shardLines(plan.shard))
  lines.push('Nothing was changed.')
  return `${lines.join('\n')}\n`
}

function timeLine({ job, time }: Plan): string {
  if (time === null) {
    const what =
      job === undefined ? 'no earlier run copied enough to measure' : 'no worker copies at the moment'
    return `Time: unknown, because ${what}.`
  }
  const speed =
    'fromRun' in time
      ? `run ${time.fromRun}`
      : `the ${formatCountOf(time.fromWorkers, 'worker')} that ${time.fromWorkers === 1 ? 'is' : 'are'} there`
  return `Time: about ${formatDuration(time.durationMs)}, at the speed of ${speed}.`
}

function partsLine({ thresholdBytes, singlePutBytes, partSizeBytes }: Plan['parts']): string {
  const kept =
    singlePutBytes === thresholdBytes ? '' : `, those whose ETag is an MD5 above ${binary(singlePutBytes)}`
  return `Parts: objects above ${binary(thresholdBytes)} are copied in parts of ${binary(partSizeBytes)}${kept}; the source's own part sizes are kept.`
}

/** Sizes of parts are given, and counted, in binary units. */
function binary(bytes: number): string {
  const mib = bytes / 2 ** 20
  return Number.isInteger(mib) ? `${mib} MiB` : formatBytes(bytes)
}

function money(amount: number): string {
  return amount > 0 && amount < 0.01 ? 'less than 0.01' : amount.toFixed(2)
}
