import yargs from 'yargs'
import { addCommand } from './cli/command.js'
import { compare } from './commands/compare.js'
import { controller } from './commands/controller.js'
import { memory } from './commands/memory.js'
import { micro } from './commands/micro.js'
import { queue } from './commands/queue.js'
import { scaleOut } from './commands/scale-out.js'
import { scale } from './commands/scale.js'
import { simulate } from './commands/simulate.js'
import { smallObjects } from './commands/small-objects.js'
import { startup } from './commands/startup.js'
import { throughput } from './commands/throughput.js'
import { tune } from './commands/tune.js'
import { turns } from './commands/turns.js'
import { BenchError, usageError } from './errors.js'

/** Runs `lagoon-bench` with these arguments; returns the exit code: 0, 1 an internal error, 2 usage or stores, 3 a run failed, 130. */
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
    addCommand(parser, throughput, args)
    addCommand(parser, controller, args)
    addCommand(parser, turns, args)
    addCommand(parser, smallObjects, args)
    addCommand(parser, compare, args)
    addCommand(parser, simulate, args)
    addCommand(parser, micro, args)
    addCommand(parser, startup, args)
    addCommand(parser, scale, args)
    addCommand(parser, scaleOut, args)
    addCommand(parser, queue, args)
    addCommand(parser, memory, args)
    addCommand(parser, tune, args)
    await parser.parseAsync()
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
