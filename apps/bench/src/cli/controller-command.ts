import type { Argv } from 'yargs'
import { controller } from '../commands/controller.js'
import { positiveIntegers, positiveNumber } from '../commands/option-values.js'
import { describeResult, sweepTable } from '../controller/tables.js'
import { usageError } from '../errors.js'
import { controllerPage } from '../report/controller-page.js'
import { saveReport } from '../report/render-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { copyFlags, outputFlags, readCopyFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function controllerCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'controller',
    'Set the controller, told nothing, beside a sweep of fixed concurrencies',
    (command) =>
      outputFlags(
        copyFlags(command, { workload: ['tiny', 'small', 'mixed', 'large'], repeats: 5, warmUp: 0 }),
      )
        .option('concurrency', {
          type: 'string',
          array: true,
          describe:
            'The sweep, with commas (default: 4 to 256; large 1 to 8); of more than three, the best and its neighbours',
        })
        .option('seconds', { type: 'string', default: '90', describe: 'Longest time of a run' })
        .option('look-seconds', {
          type: 'string',
          default: '10',
          describe: 'Longest time of a run of the first look at the sweep',
        })
        .option('settle-seconds', {
          type: 'string',
          default: '15',
          describe: 'How much of it the second figure leaves out',
        })
        .example(
          '$0 controller --stores sandbox --workload tiny --objects 400000 --latency-ms 20 --knee 40 --service-ms 20',
          'A knee at 80 in flight, of objects that are made up',
        ),
    async (flags) => {
      const { concurrency } = flags
      const seconds = positiveNumber('seconds', flags.seconds)!
      const settleSeconds = positiveNumber('settle-seconds', flags.settleSeconds)!
      if (settleSeconds >= seconds) throw usageError('--settle-seconds must be less than --seconds')
      const options = {
        ...readCopyFlags(flags),
        sweep: concurrency === undefined ? undefined : positiveIntegers('concurrency', concurrency),
        lookSeconds: positiveNumber('look-seconds', flags.lookSeconds)!,
        seconds,
        settleSeconds,
        command: commandLine(args),
      }
      const result = await withSession((session) => controller(options, session))
      const base = await saveResult(result, flags.out)
      const text = result.workloads.flatMap(({ workload, look, contenders }) => {
        const tables = [
          ['a first look', look],
          ['in turn', contenders],
        ] as const
        return tables.flatMap(([title, of]) => {
          if (of.length === 0) return []
          const { header, rows } = sweepTable(of)
          return [`${workload}, ${title}\n\n${renderTable(header, rows)}\n`]
        })
      })
      process.stdout.write(
        `${flags.json ? JSON.stringify(result) : [...text, ...describeResult(result)].join('\n')}\n`,
      )
      process.stderr.write(`saved ${base}.json and ${await saveReport(controllerPage(result), base)}\n`)
    },
  )
}
