import type { Argv } from 'yargs'
import { positiveIntegers, positiveNumber } from '../commands/option-values.js'
import { turns } from '../commands/turns.js'
import { usageError } from '../errors.js'
import { saveReport } from '../report/render-page.js'
import { turnsPage } from '../report/turns-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { describeTurns, turnsTable } from '../turns/tables.js'
import { copyFlags, outputFlags, readCopyFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function turnsCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'turns',
    'The controller, told nothing, and fixed concurrencies in turns of seconds within one run',
    (command) =>
      outputFlags(copyFlags(command, { workload: ['small', 'mixed'], repeats: 3, warmUp: 0 }))
        .option('concurrency', {
          type: 'string',
          array: true,
          describe: 'Fixed concurrencies, with commas (default: 8, 16, 32, 64; large 1, 2, 4, 8)',
        })
        .option('turn-seconds', { type: 'string', default: '3', describe: 'How long a turn is' })
        .option('seconds', {
          type: 'string',
          default: '60',
          describe: 'How long a controller lives, of its own turns',
        })
        .option('settle-seconds', {
          type: 'string',
          default: '15',
          describe: 'How much of that the second figure leaves out',
        })
        .example(
          '$0 turns --workload mixed --objects 140000 --concurrency 16,32',
          'Differences of one or two per cent, on a machine with other work',
        ),
    async (flags) => {
      const { concurrency } = flags
      const seconds = positiveNumber('seconds', flags.seconds)!
      const settleSeconds = positiveNumber('settle-seconds', flags.settleSeconds)!
      if (settleSeconds >= seconds) throw usageError('--settle-seconds must be less than --seconds')
      const options = {
        ...readCopyFlags(flags),
        fixed: concurrency === undefined ? undefined : positiveIntegers('concurrency', concurrency),
        turnSeconds: positiveNumber('turn-seconds', flags.turnSeconds)!,
        seconds,
        settleSeconds,
        command: commandLine(args),
      }
      const result = await withSession((session) => turns(options, session))
      const base = await saveResult(result, flags.out)
      const text = result.workloads.map((finding) => {
        const { header, rows } = turnsTable(finding)
        return `${finding.workload}\n\n${renderTable(header, rows)}\n`
      })
      process.stdout.write(
        `${flags.json ? JSON.stringify(result) : [...text, ...describeTurns(result)].join('\n')}\n`,
      )
      process.stderr.write(`saved ${base}.json and ${await saveReport(turnsPage(result), base)}\n`)
    },
  )
}
