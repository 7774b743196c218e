import type { Argv } from 'yargs'
import { oneOf, positiveInteger, positiveIntegers } from '../commands/option-values.js'
import { scale } from '../commands/scale.js'
import { saveReport } from '../report/render-page.js'
import { scalePage } from '../report/scale-page.js'
import { saveResult } from '../run/result.js'
import { scaleTables } from '../scale/tables.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function scaleCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'scale',
    'Measure state, manifests and runs as the number of keys grows, and listing a bucket',
    (command) =>
      outputFlags(command)
        .option('keys', {
          type: 'string',
          array: true,
          default: ['1000000', '10000000'],
          describe: 'Keys of each job, with commas; 0 for none. 10⁸ take some 6 GB of disk',
        })
        .option('objects', {
          type: 'string',
          default: '100000',
          describe: 'Empty objects that are put and listed; 0 for none',
        })
        .option('stores', {
          type: 'string',
          default: 'minio',
          describe:
            'Where: minio starts two servers; environment takes LAGOON_SOURCE_… and LAGOON_DESTINATION_…',
        })
        .example('$0 scale --keys 1000000,10000000 --objects 0', 'A job of a million keys and one of ten'),
    async (flags) => {
      const kind = oneOf('stores', ['minio', 'environment'] as const, flags.stores)
      const options = {
        stores: { kind, shape: {} },
        keys: flags.keys.join() === '0' ? [] : positiveIntegers('keys', flags.keys),
        objects: positiveInteger('objects', flags.objects, 0),
        command: commandLine(args),
      }
      const result = await withSession((session) => scale(options, session))
      const base = await saveResult(result, flags.out)
      const tables = scaleTables(result).map(({ header, rows }) => renderTable(header, rows))
      process.stdout.write(`${flags.json ? JSON.stringify(result) : tables.join('\n\n')}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(scalePage(result), base)}\n`)
    },
  )
}
