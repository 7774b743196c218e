import type { JobVerification } from '@lagoon/sync/work'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { exitCodeOfRun } from '../errors/exit-codes.js'
import { resolveComparison } from '../verify/compare-flag.js'
import type { QueueSettings } from '../queue/queue-settings.js'
import { formatBytes, formatCount, formatCountOf, formatDuration } from '../text/format.js'
import { printable } from '../text/printable.js'
import type { Style } from '../text/style.js'
import { commandLine, toolName } from '../output/command-line.js'
import { jobFlags } from '../output/job-flags.js'
import { evidenceOf } from '../verify/render-verification.js'
import { joinQueue } from './join.js'

/** Compares a job's objects on both sides, together with every other machine that does the same. */
export async function verifyOnQueue(
  context: CommandContext,
  { nats, ...queue }: QueueSettings,
): Promise<CommandOutcome> {
  const { settings, drain, abort, emit } = context
  const compare = resolveComparison(settings)
  const { engine, reading, copy } = await joinQueue(settings, { nats, ...queue })
  const { stripPrefix, addPrefix } = copy
  let found: JobVerification
  try {
    const { verifyJob } = await import('@lagoon/sync/work')
    found = await verifyJob({
      ...reading,
      ...queue,
      engine,
      copy: {
        ...(stripPrefix === undefined ? {} : { stripPrefix }),
        ...(addPrefix === undefined ? {} : { addPrefix }),
      },
      compare,
      drain,
      abort,
      onEvent: emit,
    })
  } finally {
    await engine.close()
  }
  const failures = commandLine(toolName(context.environment), [
    'failures',
    ...withJob(jobFlags(settings), found.job),
  ])
  return {
    exitCode: exitCodeOfRun({ ...found, completed: 0 }, context.stoppedBy()),
    data: { type: 'verification', ...found },
    render: (style) => render(found, failures, style),
  }
}

/** The same flags, for this job. */
function withJob(flags: readonly string[], job: string): string[] {
  const at = flags.indexOf('--job')
  const others = at < 0 ? flags : [...flags.slice(0, at), ...flags.slice(at + 2)]
  return [...others, '--job', job]
}

function render(found: JobVerification, failures: string, style: Style): string {
  const { job, over, same, different, missing, codes, bytes, manifests, own, durationMs } = found
  const lines = [
    `${style.bold(`Verification ${printable(job)}`)} ${over ? 'is over' : 'continues without this worker'}: ${formatCountOf(same, 'object')} identical on both sides, ${formatBytes(bytes)}.`,
    `This worker compared ${formatCountOf(own.same + own.different, 'object')} in ${formatDuration(durationMs)}: ${evidenceOf(found)}.`,
    `Manifests: ${formatCount(manifests.completed)} compared, ${formatCount(manifests.failed)} unreadable.`,
  ]
  if (different > 0) {
    lines.push(
      style.red(`${formatCount(different)} differ, ${formatCount(missing)} of them missing at the source:`),
    )
    const sorted = Object.entries(codes).sort((a, b) => b[1] - a[1])
    lines.push(...sorted.map(([code, times]) => `  ${formatCount(times).padStart(9)}  ${printable(code)}`))
    lines.push(`Each of them: ${failures}`)
  } else if (over && manifests.failed === 0) lines.push(style.green('Every object is at the destination.'))
  return `${lines.join('\n')}\n`
}
