import type { Argv } from 'yargs'
import { positiveIntegers } from '../commands/option-values.js'
import { throughput } from '../commands/throughput.js'
import { withSession } from '../session.js'
import { copyFlags, outputFlags, readCopyFlags } from './copy-flags.js'
import { commandLine, finishCopy } from './finish-copy.js'

export function throughputCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'throughput',
    'Measure the product at fixed concurrencies and with its controller',
    (command) =>
      outputFlags(copyFlags(command, { workload: ['small', 'mixed', 'large'], repeats: 3 }))
        .option('concurrency', {
          type: 'string',
          array: true,
          describe: 'Fixed concurrencies, with commas (default: by workload)',
        })
        .option('controller', { type: 'boolean', default: true, describe: 'Also let the controller choose' })
        .option('latencies', {
          type: 'boolean',
          default: true,
          describe: 'One more run each, for p50 and p99',
        })
        .example(
          '$0 throughput --workload small --concurrency 16,64',
          'Two concurrencies and the controller',
        ),
    async (flags) => {
      const { concurrency } = flags
      const options = {
        ...readCopyFlags(flags),
        concurrencies: concurrency === undefined ? undefined : positiveIntegers('concurrency', concurrency),
        controller: flags.controller,
        withLatencies: flags.latencies,
        command: commandLine(args),
      }
      await finishCopy(await withSession((session) => throughput(options, session)), flags)
    },
  )
}
