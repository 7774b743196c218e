import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Argv } from 'yargs'
import { oneOf, positiveInteger, positiveIntegers, positiveNumber } from '../commands/option-values.js'
import { describeVerdict, tune } from '../commands/tune.js'
import { workloadNames } from '../data/workloads.js'
import { planWorkloads } from '../run/plan.js'
import { saveReport } from '../report/render-page.js'
import { tunePage } from '../report/tune-page.js'
import { saveResult } from '../run/result.js'
import { withSession } from '../session.js'
import { storeKinds } from '../stores/store-pair.js'
import { renderTable } from '../table.js'
import { openCheckpoint } from '../tuning/checkpoint.js'
import { confirmedTable, describeFit, frontTable, probeTable } from '../tuning/tables.js'
import { outputFlags } from './copy-flags.js'
import { commandLine } from './finish-copy.js'
import { readShapeFlags, shapeFlags } from './shape-flags.js'

export function tuneCommand(yargs: Argv, args: readonly string[]): Argv {
  return yargs.command(
    'tune',
    'Find the flags that suit your stores: probe, fit, simulate, confirm',
    (command) =>
      shapeFlags(outputFlags(command))
        .option('stores', {
          type: 'string',
          default: 'environment',
          describe: `Where: ${storeKinds.join(', ')}`,
        })
        .option('workload', {
          type: 'string',
          default: 'small',
          describe: `What: ${workloadNames.join(', ')}`,
        })
        .option('objects', { type: 'string', default: '10000', describe: 'How many objects to make' })
        .option('probes', {
          type: 'string',
          array: true,
          default: ['4', '16', '64', '256'],
          describe: 'Concurrencies to probe with',
        })
        .option('probe-seconds', { type: 'string', default: '5', describe: 'Longest time of a probe' })
        .option('confirm', { type: 'string', default: '3', describe: 'Candidates to run for real' })
        .option('confirm-seconds', { type: 'string', default: '10', describe: 'Longest time of such a run' })
        .option('repeats', { type: 'string', default: '3', describe: 'How often each' })
        .option('minutes', {
          type: 'string',
          default: '10',
          describe: 'Length of a simulated job: how much the ramp weighs',
        })
        .option('resume', {
          type: 'boolean',
          default: false,
          describe: 'Go on with the tuning that was stopped',
        })
        .example(
          '$0 tune --stores sandbox --latency-ms 30 --knee 40',
          'See it work, without stores of your own',
        ),
    async (flags) => {
      const stores = oneOf('stores', storeKinds, flags.stores)
      const names = [oneOf('workload', workloadNames, flags.workload)]
      const [workload] = planWorkloads(names, positiveInteger('objects', flags.objects), 1)
      const shared = {
        stores: { kind: stores, shape: readShapeFlags(flags, stores) },
        probes: positiveIntegers('probes', flags.probes),
        probeSeconds: positiveNumber('probe-seconds', flags.probeSeconds)!,
        confirmSeconds: positiveNumber('confirm-seconds', flags.confirmSeconds)!,
        confirm: positiveInteger('confirm', flags.confirm),
        repeats: positiveInteger('repeats', flags.repeats),
        minutes: positiveNumber('minutes', flags.minutes)!,
      }
      await mkdir(flags.out, { recursive: true })
      const path = join(flags.out, 'tune-stopped.json')
      const checkpoint = await openCheckpoint(
        path,
        { ...shared, names, objects: workload!.objects },
        flags.resume,
      )
      const options = { ...shared, workload: workload!, command: commandLine(args) }
      const result = await withSession((session) => tune(options, checkpoint, session)).catch(
        (error: unknown) => {
          process.stderr.write(
            'Finished steps are kept: the same command with --resume goes on from there.\n',
          )
          throw error
        },
      )
      await rm(path, { force: true })
      const base = await saveResult(result, flags.out)
      const tables = [probeTable(result), frontTable(result), confirmedTable(result)]
      const text = [
        ...tables.map(({ header, rows }) => `${renderTable(header, rows)}\n`),
        `Model: ${describeFit(result)}`,
        describeVerdict(result),
      ].join('\n')
      process.stdout.write(`${flags.json ? JSON.stringify(result) : text}\n`)
      process.stderr.write(`saved ${base}.json and ${await saveReport(tunePage(result), base)}\n`)
    },
  )
}
