import type { Argv } from 'yargs'
import { positiveInteger } from '../commands/option-values.js'
import { startup } from '../commands/startup.js'
import { saveReport } from '../report/render-page.js'
import { startupPage } from '../report/startup-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { startupTable } from '../startup/tables.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function startupCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'startup',
    'Measure how long lagoon takes to start, in turn with Node itself',
    (command) =>
      outputFlags(command).option('repeats', {
        type: 'string',
        default: '21',
        describe: 'Measured starts of each',
      }),
    async (flags) => {
      const options = { repeats: positiveInteger('repeats', flags.repeats), command: commandLine(args) }
      const result = await withSession((session) => startup(options, session))
      const base = await saveResult(result, flags.out)
      const { header, rows } = startupTable(result)
      process.stdout.write(`${flags.json ? JSON.stringify(result) : renderTable(header, rows)}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(startupPage(result), base)}\n`)
    },
  )
}
