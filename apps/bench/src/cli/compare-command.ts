import type { Argv } from 'yargs'
import { clientNames } from '../clients/find-clients.js'
import { compare } from '../commands/compare.js'
import { oneOf, positiveInteger, words } from '../commands/option-values.js'
import { withSession } from '../session.js'
import { copyFlags, outputFlags, readCopyFlags } from './copy-flags.js'
import { commandLine, finishCopy } from './finish-copy.js'

export function compareCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'compare',
    'Measure the product beside rclone, s3sync, juicefs and mc, as far as they are on the PATH',
    (command) =>
      outputFlags(copyFlags(command, { workload: ['small'], repeats: 5 }))
        .option('clients', {
          type: 'string',
          array: true,
          default: [...clientNames],
          describe: 'Who takes part, with commas',
        })
        .option('concurrency', {
          type: 'string',
          describe: 'In flight, for all (default: small and mixed 32, large 4)',
        })
        .option('threads', {
          type: 'string',
          describe: 'Threads that the product copies by (default: its own)',
        })
        .example(
          '$0 compare --workload large --clients lagoon,rclone',
          'Two of them, with six objects of 256 MiB',
        ),
    async (flags) => {
      const { concurrency, threads } = flags
      const options = {
        ...readCopyFlags(flags),
        clients: words(flags.clients).map((name) => oneOf('clients', clientNames, name)),
        concurrency: concurrency === undefined ? undefined : positiveInteger('concurrency', concurrency),
        threads: threads === undefined ? undefined : positiveInteger('threads', threads),
        command: commandLine(args),
      }
      await finishCopy(await withSession((session) => compare(options, session)), flags)
    },
  )
}
