import type { EndpointOptions } from '@lagoon/sync'
import { findingsOf, type Check } from '../doctor/check.js'
import { renderChecks } from '../doctor/render-checks.js'
import { exitCodes } from '../exit-codes.js'
import { resolveEndpoints } from '../options/endpoint.js'
import { textFlag } from '../options/parse-value.js'
import { defaults, resolveConcurrency, resolveDataDir } from '../options/sync-options.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** Tries both sides and this machine with the least that a run needs. Leaves nothing behind. */
export async function run({ settings }: CommandContext): Promise<CommandOutcome> {
  const endpoints = resolveEndpoints(settings)
  const prefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const dataDir = resolveDataDir(settings)
  const { max = defaults.maxConcurrency } = resolveConcurrency(settings)
  const [{ checkNetwork }, { checkMachine }, { bucketClient }, { checkSource }, { checkDestination }] =
    await Promise.all([
      import('../doctor/check-network.js'),
      import('../doctor/check-machine.js'),
      import('../stores/bucket-client.js'),
      import('../doctor/check-source.js'),
      import('../doctor/check-destination.js'),
    ])
  const checks: Check[] = []
  for (const side of ['source', 'destination'] as const) {
    const endpoint = endpoints[side]
    const findings = findingsOf(side, checks)
    if (!(await checkNetwork(urlOf(endpoint), findings))) continue
    const client = bucketClient(endpoint)
    try {
      if (side === 'source') await checkSource(client, endpoint.bucket, prefix, findings)
      else await checkDestination(client, endpoint.bucket, findings)
    } finally {
      client.destroy()
    }
  }
  await checkMachine(dataDir, max, findingsOf('machine', checks))
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length
  const data = { type: 'doctor', failed: count('failed'), warnings: count('warning'), ok: count('ok') }
  return {
    exitCode: data.failed > 0 ? exitCodes.usage : exitCodes.ok,
    rows: () => checks.map((check) => ({ type: 'check', ...check })),
    data,
    render: (style) => renderChecks(checks, endpoints, style),
  }
}

function urlOf({ endpointUrl, region }: EndpointOptions): string {
  return endpointUrl ?? `https://s3.${region}.amazonaws.com`
}
