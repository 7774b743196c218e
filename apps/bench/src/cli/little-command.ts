import type { Argv } from 'yargs'
import { little } from '../commands/little.js'
import { positiveInteger, positiveNumber } from '../commands/option-values.js'
import { usageError } from '../errors.js'
import { describeLittle, littleTable } from '../little/tables.js'
import { littlePage } from '../report/little-page.js'
import { saveReport } from '../report/render-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function littleCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'little',
    "Set objects of 1 KiB over a long path beside what Little's law allows",
    (command) =>
      outputFlags(command)
        .option('latency-ms', {
          type: 'string',
          default: '50',
          describe: 'Added to every request, on both sides',
        })
        .option('in-flight', { type: 'string', default: '512', describe: 'Objects in flight' })
        .option('seconds', { type: 'string', default: '15', describe: 'Longest time of a run' })
        .option('settle-seconds', {
          type: 'string',
          default: '5',
          describe: 'How much of it the second figure leaves out',
        })
        .option('repeats', { type: 'string', default: '5', describe: 'Measured runs' })
        .example('$0 little --in-flight 64', 'Fewer in flight, for a machine with few cores'),
    async (flags) => {
      const options = {
        latencyMs: positiveNumber('latency-ms', flags.latencyMs)!,
        inFlight: positiveInteger('in-flight', flags.inFlight),
        seconds: positiveNumber('seconds', flags.seconds)!,
        settleSeconds: positiveNumber('settle-seconds', flags.settleSeconds)!,
        repeats: positiveInteger('repeats', flags.repeats),
        command: commandLine(args),
      }
      if (options.settleSeconds >= options.seconds)
        throw usageError('--settle-seconds must be less than --seconds')
      const result = await withSession((session) => little(options, session))
      const base = await saveResult(result, flags.out)
      const { header, rows } = littleTable(result)
      process.stdout.write(
        `${flags.json ? JSON.stringify(result) : `${renderTable(header, rows)}\n\n${describeLittle(result)}`}\n`,
      )
      process.stderr.write(`saved ${base}.json and ${await saveReport(littlePage(result), base)}\n`)
    },
  )
}
