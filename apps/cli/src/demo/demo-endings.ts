import { CliError } from '../errors/cli-error.js'
import { exitCodes, signalExitCodes } from '../errors/exit-codes.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'
import { demoBuckets, type DemoStores } from './demo-stores.js'
import type { DemoFigures } from './render-demo.js'
import { manifestCount, type SampleDataset } from './sample-dataset.js'

/** A signal ended the demo. */
export function stopped(context: Pick<CommandContext, 'stoppedBy'>): CommandOutcome {
  return {
    exitCode: signalExitCodes[context.stoppedBy() ?? 'SIGINT'],
    data: { type: 'demo', interrupted: true },
    render: () => 'The demo was stopped and left nothing behind.\n',
  }
}

/**
 * The figures of a demo that has compared every object of the dataset.
 * @param startedAt by `performance.now()`
 */
export function figuresOf(
  { source, destination }: DemoStores,
  dataset: SampleDataset,
  startedAt: number,
): DemoFigures {
  return {
    source: `${source.url}/${demoBuckets.source}`,
    destination: `${destination.url}/${demoBuckets.destination}`,
    objects: dataset.objects.length,
    bytes: dataset.bytes,
    manifests: manifestCount,
    compared: dataset.objects.length,
    durationMs: Math.round(performance.now() - startedAt),
  }
}

/** @throws CliError LAGOON_CLI_DEMO_FAILED if there are complaints */
export function refuseComplaints(complaints: readonly string[]): void {
  if (complaints.length === 0) return
  throw new CliError(
    'LAGOON_CLI_DEMO_FAILED',
    `the demo failed its own checks: ${complaints.join('; ')}`,
    'This is a bug in Lagoon Sync. Please report it with the output of --log-level DEBUG.',
    { exitCode: exitCodes.defect },
  )
}
