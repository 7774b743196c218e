import type { Argv } from 'yargs'
import { positiveIntegers } from '../commands/option-values.js'
import { throughput } from '../commands/throughput.js'
import { usageError } from '../errors.js'
import type { OwnManifests } from '../run/measure-own-manifests.js'
import { withSession } from '../session.js'
import type { StoreKind } from '../stores/store-pair.js'
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
        .option('threads', {
          type: 'string',
          array: true,
          describe: 'Numbers of threads that copy, with commas (default: its own)',
        })
        .option('manifest-prefix', {
          type: 'string',
          describe:
            'Instead of workloads: your manifests in LAGOON_SOURCE_BUCKET; needs --stores environment',
        })
        .option('manifest-column', { type: 'string', describe: 'Column of the keys in them' })
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
      const { concurrency, threads } = flags
      const choices = readCopyFlags(flags)
      const options = {
        ...choices,
        manifests: readManifestFlags(flags, choices.stores.kind),
        concurrencies: concurrency === undefined ? undefined : positiveIntegers('concurrency', concurrency),
        threads: threads === undefined ? undefined : positiveIntegers('threads', threads),
        controller: flags.controller,
        withLatencies: flags.latencies,
        command: commandLine(args),
      }
      await finishCopy(await withSession((session) => throughput(options, session)), flags)
    },
  )
}

function readManifestFlags(
  flags: { manifestPrefix: string | undefined; manifestColumn: string | undefined },
  stores: StoreKind,
): OwnManifests | null {
  const { manifestPrefix: prefix, manifestColumn: column } = flags
  if (prefix === undefined) {
    if (column !== undefined) throw usageError('--manifest-column needs --manifest-prefix')
    return null
  }
  if (stores !== 'environment') throw usageError('--manifest-prefix needs --stores environment')
  const bucket = process.env['LAGOON_SOURCE_BUCKET']
  if (!bucket)
    throw usageError(
      '--manifest-prefix: LAGOON_SOURCE_BUCKET is not set',
      'Name the bucket of the manifests.',
    )
  return { bucket, prefix, ...(column === undefined ? {} : { column }) }
}
