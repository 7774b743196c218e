import type { Shape } from '@lagoon/s3-sandbox'
import type { Argv } from 'yargs'
import { positiveNumber } from '../commands/option-values.js'
import { usageError } from '../errors.js'

/** How the sandbox behaves under load. */
export function shapeFlags<T>(yargs: Argv<T>) {
  return yargs
    .option('latency-ms', { type: 'string', describe: sandboxOnly('added to every request') })
    .option('knee', { type: 'string', describe: sandboxOnly('requests served at a time; the others queue') })
    .option('service-ms', {
      type: 'string',
      describe: sandboxOnly('time of each in its place at the knee (default 1)'),
    })
    .option('rate-wall', {
      type: 'string',
      describe: sandboxOnly('requests a second, refused with 503 beyond'),
    })
    .option('bandwidth-mb', { type: 'string', describe: sandboxOnly('MB a second in each direction') })
}

function sandboxOnly(text: string): string {
  return `--stores sandbox: ${text}`
}

/** Those flags checked. Throws `LAGOON_BENCH_USAGE`, also when they are given for other stores. */
export function readShapeFlags(
  given: {
    latencyMs: string | undefined
    knee: string | undefined
    serviceMs: string | undefined
    rateWall: string | undefined
    bandwidthMb: string | undefined
  },
  stores: string,
): Shape {
  const latencyMs = positiveNumber('latency-ms', given.latencyMs)
  const knee = positiveNumber('knee', given.knee)
  const serviceMs = positiveNumber('service-ms', given.serviceMs)
  const requestsPerSecond = positiveNumber('rate-wall', given.rateWall)
  const megabytes = positiveNumber('bandwidth-mb', given.bandwidthMb)
  if (serviceMs !== undefined && knee === undefined) throw usageError('--service-ms needs --knee')
  const shape: Shape = {
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(knee === undefined ? {} : { knee: { concurrency: knee, serviceMs: serviceMs ?? 1 } }),
    ...(requestsPerSecond === undefined ? {} : { rateWall: { requestsPerSecond } }),
    ...(megabytes === undefined
      ? {}
      : { bandwidth: { sentBytesPerSecond: megabytes * 1e6, receivedBytesPerSecond: megabytes * 1e6 } }),
  }
  if (Object.keys(shape).length > 0 && stores !== 'sandbox') {
    throw usageError('latency, knee, rate wall and bandwidth shape the sandbox only', 'Add --stores sandbox.')
  }
  return shape
}
