import type { Argv } from 'yargs'
import { memory } from '../commands/memory.js'
import { positiveInteger } from '../commands/option-values.js'
import { BenchError } from '../errors.js'
import { memoryCases } from '../memory/memory-case.js'
import { memoryTable } from '../memory/tables.js'
import { memoryPage } from '../report/memory-page.js'
import { saveReport } from '../report/render-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { renderTable } from '../table.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'

export function memoryCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'memory',
    'Measure peak memory: of many times the objects, and of mixes of sizes with very many in flight',
    (command) =>
      outputFlags(command)
        .option('objects', { type: 'string', default: '10000', describe: 'Objects of the first run' })
        .option('times', {
          type: 'string',
          default: '100',
          describe: 'The second run has so many times the objects; 0 for none',
        })
        .option('size', { type: 'string', default: '32768', describe: 'Bytes of each object in these two' })
        .option('concurrency', { type: 'string', default: '32', describe: 'In flight in these two' })
        .option('in-flight', {
          type: 'string',
          default: '1024',
          describe: 'In flight in the mixes of sizes; 0 for no mixes',
        })
        .option('tls', { type: 'boolean', default: false, describe: 'The stores speak TLS' })
        .option('seconds', { type: 'string', default: '30', describe: 'How long each mix runs' })
        .example('$0 memory --times 0 --in-flight 128', 'The first run, and mixes with 128 in flight'),
    async (flags) => {
      const cases = memoryCases({
        objects: positiveInteger('objects', flags.objects),
        times: positiveInteger('times', flags.times, 0),
        sizeBytes: positiveInteger('size', flags.size, 0),
        concurrency: positiveInteger('concurrency', flags.concurrency),
        inFlight: positiveInteger('in-flight', flags.inFlight, 0),
        secondsEach: positiveInteger('seconds', flags.seconds),
      })
      const result = await withSession((session) =>
        memory({ cases, tls: flags.tls, command: commandLine(args) }, session),
      )
      const base = await saveResult(result, flags.out)
      const { header, rows } = memoryTable(result.results)
      process.stdout.write(`${flags.json ? JSON.stringify(result) : renderTable(header, rows)}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(memoryPage(result), base)}\n`)
      const broken = result.results.filter(({ failure }) => failure !== null)
      if (broken.length > 0) {
        const named = broken.map(({ name, failure }) => `${name}: ${failure}`).join('; ')
        throw new BenchError('LAGOON_BENCH_PRODUCT', `runs of lagoon failed: ${named}`)
      }
    },
  )
}
