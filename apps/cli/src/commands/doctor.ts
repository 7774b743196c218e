import type { EndpointOptions } from '@lagoon/sync'
import { findingsOf, type Check } from '../doctor/check.js'
import { renderPermissions } from '../doctor/render-permissions.js'
import { examined, renderChecks, type Examined } from '../doctor/render-checks.js'
import { destinationNeeds, type DestinationNeeds } from '../doctor/destination-needs.js'
import type { StoreUnderTest } from '../doctor/store-under-test.js'
import { exitCodes } from '../errors/exit-codes.js'
import { resolveCopyOptions } from '../options/copy-options.js'
import { resolveEndpoints } from '../options/endpoint.js'
import { textFlag } from '../options/flag-values.js'
import type { Side } from '../options/store-address.js'
import type { Settings } from '../options/settings.js'
import { defaults, resolveConcurrency, resolveDataDir, resolveReading } from '../options/sync-options.js'
import { printable } from '../text/printable.js'
import { resolveQueue, type QueueSettings } from '../queue/queue-settings.js'
import type { CommandContext, CommandOutcome } from '../output/command.js'

/** Checks both sides, the queue if there is one, and this machine with the least that a run needs. Leaves nothing behind. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings } = context
  const queue = resolveQueue(settings)
  const checks: Check[] = []
  // Operators of the queue need not know the stores.
  const isQueueOnly = queue !== undefined && !namesStores(settings)
  const stores = isQueueOnly ? {} : await checkStores(context, checks, queue === undefined)
  const found =
    queue === undefined
      ? undefined
      : await checkQueueOf(queue, checks, isQueueOnly ? undefined : await ownJob(settings))
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length
  const data = { type: 'doctor', failed: count('failed'), warnings: count('warning'), ok: count('ok') }
  return {
    exitCode: data.failed > 0 ? exitCodes.usage : exitCodes.ok,
    rows: () => [
      ...checks.map((check) => ({ type: 'check', ...check })),
      ...(found?.permissions ?? []).map((permissions) => ({ type: 'permissions', ...permissions })),
    ],
    data,
    render: (style) =>
      renderChecks(checks, { ...stores, ...found?.titles }, style) +
      (found === undefined ? '' : renderPermissions(found.permissions, style)),
  }
}

function namesStores(settings: Settings): boolean {
  if (settings.stores !== undefined) return true
  return ['LAGOON_SOURCE_BUCKET', 'LAGOON_DESTINATION_BUCKET'].some(
    (name) => settings.variable(name) !== undefined,
  )
}

/** Both sides and this machine; with a queue there is no state on its disk. */
async function checkStores(context: CommandContext, checks: Check[], hasState: boolean): Promise<Examined> {
  const { settings } = context
  const endpoints = resolveEndpoints(settings)
  const dataDir = hasState ? resolveDataDir(settings) : undefined
  const { max = defaults.maxConcurrency } = resolveConcurrency(settings)
  for (const side of ['source', 'destination'] as const)
    await checkStore(side, endpoints[side], context, checks)
  const { checkMachine } = await import('../doctor/check-machine.js')
  await checkMachine(dataDir, max, findingsOf('machine', checks))
  return examined(endpoints)
}

/** The name that a run with these settings gives its job. */
async function ownJob(settings: Settings): Promise<string> {
  const [{ resolveOptions }, { nameOfJob }] = await Promise.all([
    import('@lagoon/sync'),
    import('@lagoon/sync/work'),
  ])
  return nameOfJob(
    resolveOptions({ ...resolveReading(settings), copy: resolveCopyOptions(settings), dataDir: '' }),
  )
}

async function checkQueueOf(queue: QueueSettings, checks: Check[], own: string | undefined) {
  const { checkQueue, permissionsOf } = await import('../doctor/check-queue.js')
  const job = await checkQueue(queue, own, findingsOf('queue', checks))
  const servers = [queue.nats.servers].flat().join(', ')
  return { titles: { queue: `Queue: ${printable(servers)}` }, permissions: permissionsOf(job) }
}

/** Each step only if the one before it left something to check. */
async function checkStore(
  side: Side,
  given: EndpointOptions,
  context: CommandContext,
  checks: Check[],
): Promise<void> {
  const { settings } = context
  const findings = findingsOf(side, checks)
  const { checkNetwork } = await import('../doctor/check-network.js')
  if (!(await checkNetwork(urlOf(given), given, findings))) return
  const [{ bucketClient }, { checkCredentials }, { checkRegion }] = await Promise.all([
    import('../stores/bucket-client.js'),
    import('../doctor/check-credentials.js'),
    import('../doctor/check-region.js'),
  ])
  const endpoint = await checkRegion(side, given, findings)
  const store = { side, client: bucketClient(endpoint), bucket: endpoint.bucket, findings }
  try {
    if (!(await checkCredentials(store, endpoint.credentials !== undefined))) return
    const copy = resolveCopyOptions(settings)
    if (side === 'destination') {
      await checkWithProbes(store, endpoint, destinationNeeds(copy), context)
      return
    }
    const { checkSource, isParquet } = await import('../doctor/check-source.js')
    const listed = settings.stores?.source.prefix.value
    const prefix = listed ?? textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
    const isListed = listed !== undefined
    const found = await checkSource(store, { prefix, isListed, tags: copy.tags ?? false })
    if (found === undefined || isListed || !isParquet(found.key)) return
    const { checkFirstObject } = await import('../doctor/check-first-object.js')
    await checkFirstObject(store, endpoint, found, textFlag(settings, 'manifest-column'))
  } finally {
    store.client.destroy()
  }
}

/** Leaves nothing behind, even if a signal ends it. */
async function checkWithProbes(
  store: StoreUnderTest,
  endpoint: EndpointOptions,
  needs: DestinationNeeds,
  { drain, beforeExit, emit }: CommandContext,
): Promise<void> {
  const [{ bucketClient }, { checkDestination }, { createProbes, removeProbes, stopWith }] =
    await Promise.all([
      import('../stores/bucket-client.js'),
      import('../doctor/check-destination.js'),
      import('../doctor/probes.js'),
    ])
  const probes = createProbes(needs.prefix)
  stopWith(store.client, drain)
  const done = beforeExit(async () => {
    const keys = [...probes.written].map(printable).join(' and ')
    if (keys !== '') emit({ type: 'note', message: `Stopped: deleting ${keys} from ${endpoint.bucket}.` })
    // The connections of the checks were torn down with what was in flight.
    const client = bucketClient(endpoint)
    await removeProbes({ client, bucket: endpoint.bucket }, probes)
    client.destroy()
  })
  await checkDestination(store, needs, probes)
  done()
}

function urlOf({
  endpointUrl,
  region = 'us-east-1',
  useDualstackEndpoint,
  useFipsEndpoint,
}: EndpointOptions): string {
  const variant = `${useFipsEndpoint ? '-fips' : ''}${useDualstackEndpoint ? '.dualstack' : ''}`
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  return endpointUrl ?? `https://s3${variant}.${region}.${suffix}`
}
