import type { SyncSummary } from '@lagoon/sync'
import { exitCodeOfRun } from '../errors/exit-codes.js'
import type { CommandContext, CommandOutcome } from './command.js'
import { isEmpty } from './render-summary.js'

/** What is known of a run when it has ended. */
interface EndedRun {
  readonly figures: SyncSummary
  /** What made the run stop itself; undefined if nothing did. */
  readonly failure: unknown
  /** A run that finds nothing to do counts as failed. */
  readonly requireWork: boolean
}

/** The outcome of a run that has given its figures. */
export function outcomeOfRun(
  context: Pick<CommandContext, 'stoppedBy'>,
  { figures, failure, requireWork }: EndedRun,
  render: CommandOutcome['render'],
): CommandOutcome {
  const nothing = requireWork && figures.reason === 'finished' && isEmpty(figures)
  const { reason } = nothing ? { reason: 'failures' as const } : figures
  const exitCode = exitCodeOfRun({ ...figures, reason }, context.stoppedBy())
  return {
    exitCode,
    ...(failure === undefined ? {} : { failure }),
    data: { ...figures, reason, exitCode },
    render,
  }
}
