import type { VerificationReport } from '../verify/verification.js'
import { exitCodeOfRun } from '../errors/exit-codes.js'
import { resolveReading } from '../options/sync-options.js'
import { textFlag } from '../options/flag-values.js'
import { resolveComparison } from '../verify/compare-flag.js'
import { renderVerification } from '../verify/render-verification.js'
import { resolveQueue } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Asks both stores about every object that the manifests name, copies nothing, and reports differences. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  const queue = resolveQueue(settings)
  if (queue !== undefined) {
    const { verifyOnQueue } = await import('../job/verify.js')
    return verifyOnQueue(context, queue)
  }
  const options = resolveReading(settings)
  const compare = resolveComparison(settings)
  const stripPrefix = textFlag(settings, 'strip-prefix')
  const addPrefix = textFlag(settings, 'add-prefix')
  const { runVerify } = await import('@lagoon/sync')
  const codes = new Map<string, number>()
  const summary = await runVerify({
    ...options,
    copy: {
      ...(stripPrefix === undefined ? {} : { stripPrefix }),
      ...(addPrefix === undefined ? {} : { addPrefix }),
    },
    compare,
    drain: context.drain,
    abort: context.abort,
    onEvent(event) {
      if (event.type === 'failure') codes.set(event.code, (codes.get(event.code) ?? 0) + 1)
      context.emit(event)
    },
  })
  const verification: VerificationReport = {
    type: 'verification',
    ...summary,
    codes: Object.fromEntries(codes),
  }
  return {
    exitCode: exitCodeOfRun({ ...verification, completed: 0 }, context.stoppedBy()),
    data: verification,
    render: (style) => renderVerification(verification, options.report, style),
  }
}
