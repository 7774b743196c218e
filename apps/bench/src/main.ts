import yargs from 'yargs'
import { compareCommand } from './cli/compare-command.js'
import { controllerCommand } from './cli/controller-command.js'
import { littleCommand } from './cli/little-command.js'
import { memoryCommand } from './cli/memory-command.js'
import { microCommand } from './cli/micro-command.js'
import { scaleCommand } from './cli/scale-command.js'
import { simulateCommand } from './cli/simulate-command.js'
import { startupCommand } from './cli/startup-command.js'
import { throughputCommand } from './cli/throughput-command.js'
import { tuneCommand } from './cli/tune-command.js'
import { turnsCommand } from './cli/turns-command.js'
import { BenchError, usageError } from './errors.js'

/** Runs `lagoon-bench` with these arguments; returns the exit code: 0, 1 a defect, 2 usage or stores, 3 a run failed, 130. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    const parser = yargs([...args])
      .scriptName('lagoon-bench')
      .usage('$0 <command>\n\nMeasures Lagoon Sync: alone, beside its peers, and in simulation.')
      .strict()
      .recommendCommands()
      .demandCommand(1, 'Which command? See --help.')
      .exitProcess(false)
      .version(false)
      .wrap(Math.min(110, process.stdout.columns ?? 110))
      .fail((message, error) => {
        throw error ?? usageError(message, 'See lagoon-bench --help.')
      })
    const commands = [
      throughputCommand,
      controllerCommand,
      turnsCommand,
      littleCommand,
      compareCommand,
      simulateCommand,
      microCommand,
      startupCommand,
      scaleCommand,
      memoryCommand,
      tuneCommand,
    ]
    await commands.reduce((built, command) => command(built, args), parser).parseAsync()
    return 0
  } catch (error) {
    return explain(error)
  }
}

function explain(error: unknown): number {
  if (error instanceof BenchError) {
    process.stderr.write(
      `lagoon-bench: ${error.message}\n${error.hint === undefined ? '' : `  ${error.hint}\n`}`,
    )
    return error.exitCode
  }
  process.stderr.write(`lagoon-bench: unexpected: ${error instanceof Error ? error.stack : String(error)}\n`)
  return 1
}
