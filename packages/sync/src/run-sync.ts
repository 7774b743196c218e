import { createController, createGate } from '@lagoon/aimd'
import { createReportWriter } from '@lagoon/manifest'
import { openState, openStateReadOnly, type ReadonlyState, type State } from '@lagoon/state-lmdb'
import { concernsWholeRun, createCopier, createStore } from '@lagoon/transfer'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketManifests } from './bucket-manifests.js'
import { Cleanup } from './cleanup.js'
import { asSyncError } from './as-sync-error.js'
import { SyncError } from './errors.js'
import type { SyncSummary } from './events.js'
import {
  identityOfJob,
  resolveOptions,
  type Identity,
  type ResolvedOptions,
  type SyncOptions,
} from './options.js'
import { namedManifests } from './named-manifests.js'
import type { Controller, ReportPort } from './ports.js'
import { Pipeline } from './run-pipeline.js'
import { sleep } from './sleep.js'
import { SourceStores } from './source-stores.js'

/** What a dry run holds its gate at; nothing passes through it. */
const UNUSED_LIMIT = 1
/** Most in flight that a run can be told to have while it goes on, unless it began with more. */
const HIGHEST_CONCURRENCY_UNDER_WAY = 16_384
/** Codes of errors of a listing that another one may be spared. */
const PASSING = new Set([
  'LAGOON_TRANSFER_ENDPOINT_UNREACHABLE',
  'LAGOON_TRANSFER_NOT_S3',
  'LAGOON_TRANSFER_REQUEST_FAILED',
])
/** Codes of failures to connect: the endpoint as a whole may be away. */
const UNREACHABLE = new Set(['ConnectionRefused', 'ConnectTimeout', 'HostNotFound', 'HostUnreachable'])

/**
 * Copies every object that the manifests of the source bucket name and that is not known to be at the destination.
 * Says what it does through `onEvent`, the summary last.
 *
 * @returns the figures of the run; `failed`, `manifests.failed` and `interrupted` tell how it went
 * @throws errors with `code`, `message`, `hint` and `exitCode`: wrong options, an endpoint that can't be used, a data
 * directory that can't be used, and whatever made the run stop itself (after its summary was told)
 */
export async function runSync(options: SyncOptions): Promise<SyncSummary> {
  const cleanup = new Cleanup()
  try {
    return await run(resolveOptions(options), cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function run(options: ResolvedOptions, cleanup: Cleanup): Promise<SyncSummary> {
  const { source, destination, onEvent, dryRun, concurrency, watchIntervalMs } = options
  const sourceStores = new SourceStores(source)
  cleanup.add(() => sourceStores.close())
  const sourceStore = sourceStores.of(source.bucket)
  const destinationStore = createStore(destination)
  cleanup.add(() => destinationStore.close())
  await Promise.all([
    probe(() => sourceStore.probe(), 'source'),
    probe(() => destinationStore.probe(), 'destination'),
  ])

  const identity = identityOfJob(options)
  const mode = dryRun
    ? await openPlan(options, identity, cleanup)
    : await openCopy(options, identity, cleanup)
  const atStart = Math.max(concurrency.max, concurrency.fixed ?? 0)
  // Connections are opened as they are needed: room for more costs nothing.
  const connections =
    options.onControls === undefined ? atStart : Math.max(atStart, HIGHEST_CONCURRENCY_UNDER_WAY)
  const copier = createCopier({
    ...options.copy,
    source,
    destination,
    connections,
    threads: options.threads,
    ...(mode.kind === 'copy' ? { uploads: mode.state.uploads } : {}),
  })
  cleanup.add(() => copier.close())
  const report = await openReport(options, cleanup)

  const controller = concurrency.fixed === undefined && !dryRun ? openController(options) : null
  const limit = controller?.limit ?? concurrency.fixed ?? UNUSED_LIMIT
  const pipeline = new Pipeline({
    manifests:
      options.manifests === undefined
        ? bucketManifests(sourceStore, options)
        : namedManifests(sourceStores, options),
    mode,
    copier,
    gate: createGate(limit),
    controller,
    report,
    maxOpenObjects: 2 * connections,
    highestConcurrency: connections,
    ...(options.observer ? { observer: options.observer } : {}),
    maxAttempts: options.maxAttempts,
    throttleBudgetMs: options.throttleBudgetMs,
    outage: options.outage,
    ...(options.backoff ? { backoff: options.backoff } : {}),
    isUnreachable: ({ code }) => UNREACHABLE.has(code),
    isFatal: concernsWholeRun,
    ...(options.drain ? { drain: options.drain } : {}),
    ...(options.abort ? { abort: options.abort } : {}),
    ...(watchIntervalMs === undefined ? {} : { watch: { intervalMs: watchIntervalMs, sleep, isPassing } }),
    onEvent,
    requests: () => ({
      source: sourceStores.requests + copier.requests.source,
      destination: destinationStore.requests + copier.requests.destination,
    }),
  })
  const stopOn = (error: unknown): void => pipeline.stop(asSyncError(error, 143))
  if (mode.kind === 'copy') {
    mode.state.onError = stopOn
    mode.state.startRun({ ...identity, concurrency, maxAttempts: options.maxAttempts })
  }

  options.onControls?.(pipeline.controls)
  onEvent({ type: 'start', ...identity, dataDir: options.dataDir, dryRun })
  let { summary, stoppedBy } = await pipeline.run()
  if (mode.kind === 'copy') {
    // A state that can't be written to its end has already stopped the run, or stops it now.
    await mode.state.finishRun(summary).catch((error: unknown) => {
      stoppedBy ??= asSyncError(error, 143)
      summary = { ...summary, interrupted: true }
    })
  }
  await report?.close()
  onEvent({ type: 'summary', ...summary })
  if (stoppedBy !== null) throw stoppedBy
  return summary
}

function isPassing(error: unknown): boolean {
  return PASSING.has((error as { code?: string } | null)?.code ?? '')
}

function openController({ concurrency }: ResolvedOptions): Controller {
  const { min, max, intervalMs, preset } = concurrency
  return createController({
    maxConcurrency: max,
    ...(min === undefined ? {} : { minConcurrency: min }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(preset === undefined ? {} : { preset }),
  })
}

async function openCopy(
  { dataDir: directory }: ResolvedOptions,
  identity: Identity,
  cleanup: Cleanup,
): Promise<{ kind: 'copy'; state: State }> {
  const state = await openState({ directory, identity })
  cleanup.add(() => state.close())
  return { kind: 'copy', state }
}

/** What earlier runs did, only read; and a scratch state to remember in what is planned. */
async function openPlan(
  { dataDir: directory }: ResolvedOptions,
  identity: Identity,
  cleanup: Cleanup,
): Promise<{ kind: 'plan'; state: ReadonlyState; scratch: State }> {
  const state = await openStateReadOnly({ directory, identity })
  cleanup.add(() => state.close())
  const scratchDirectory = await mkdtemp(join(tmpdir(), 'lagoon-plan-'))
  cleanup.add(() => rm(scratchDirectory, { recursive: true, force: true }))
  const scratch = await openState({ directory: scratchDirectory, identity })
  cleanup.add(() => scratch.close())
  return { kind: 'plan', state, scratch }
}

/** Names the side in what a probe has to say. */
async function probe(check: () => Promise<void>, side: 'source' | 'destination'): Promise<void> {
  try {
    await check()
  } catch (error) {
    const known = asSyncError(error, 2)
    throw new SyncError(known.code, `${side}: ${known.message}`, {
      cause: error,
      exitCode: 2,
      ...(known.hint === undefined ? {} : { hint: known.hint }),
    })
  }
}

async function openReport({ report }: ResolvedOptions, cleanup: Cleanup): Promise<ReportPort | null> {
  if (report === undefined) return null
  const writer = await createReportWriter({ path: report })
  cleanup.add(() => writer.close())
  return writer
}
