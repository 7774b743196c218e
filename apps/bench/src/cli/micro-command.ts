import type { Argv } from 'yargs'
import { againstBaseline, micro, microGroups, type MicroResult } from '../commands/micro.js'
import { oneOf, positiveInteger, positiveNumber, words } from '../commands/option-values.js'
import { BenchError, usageError } from '../errors.js'
import { times } from '../format.js'
import { microTable } from '../micro/tables.js'
import { microPage } from '../report/micro-page.js'
import { saveReport } from '../report/render-page.js'
import { readResult, saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function microCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'micro',
    'Measure the smallest pieces of work of the packages, also against a saved baseline',
    (command) =>
      outputFlags(command)
        .option('group', {
          type: 'string',
          array: true,
          default: [...microGroups],
          describe: `What, with commas: ${microGroups.join(', ')}`,
        })
        .option('repeats', { type: 'string', default: '7', describe: 'Measured repeats of each' })
        .option('baseline', { type: 'string', describe: 'JSON of an earlier run, to compare with' })
        .option('fail-above', {
          type: 'string',
          describe: 'Exit with 3 when a ratio to the baseline is above this',
        })
        .example(
          '$0 micro --baseline artefacts/bench/micro-….json --fail-above 1.3',
          'A check for regressions',
        ),
    async (flags) => {
      const failAbove = positiveNumber('fail-above', flags.failAbove)
      if (failAbove !== undefined && flags.baseline === undefined)
        throw usageError('--fail-above needs --baseline')
      const options = {
        groups: words(flags.group).map((name) => oneOf('group', microGroups, name)),
        repeats: positiveInteger('repeats', flags.repeats),
        command: commandLine(args),
      }
      const baseline =
        flags.baseline === undefined ? undefined : await readResult<MicroResult>(flags.baseline, 'micro')
      const result = await withSession((session) => micro(options, session))
      const ratios = baseline && againstBaseline(result, baseline)
      const base = await saveResult(result, flags.out)
      const { header, rows } = microTable(result.figures, ratios)
      process.stdout.write(`${flags.json ? JSON.stringify(result) : renderTable(header, rows)}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(microPage(result, ratios), base)}\n`)
      const slow = (ratios ?? []).filter(({ ratio }) => ratio !== null && ratio > (failAbove ?? Infinity))
      if (slow.length > 0) {
        const named = slow.map(({ name, ratio }) => `${name} ${times(ratio)}`).join(', ')
        throw new BenchError('LAGOON_BENCH_PRODUCT', `slower than ${times(failAbove)} the baseline: ${named}`)
      }
    },
  )
}
