import { createController, createGate } from '@lagoon/aimd'
import { createReportWriter } from '@lagoon/manifest'
import { openState, openStateReadOnly } from '@lagoon/state-lmdb'
import { concernsWholeRun, createCopier, createStore } from '@lagoon/transfer'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketManifests } from './bucket-manifests.js'
import { Cleanup } from './cleanup.js'
import { asSyncError } from './as-sync-error.js'
import { SyncError } from './errors.js'
import type { SyncSummary } from './events.js'
import { describeEndpoint, resolveOptions, type ResolvedOptions, type SyncOptions } from './options.js'
import type { ReportPort, StatePort } from './ports.js'
import { Pipeline } from './run-pipeline.js'

/** What a dry run holds its gate at; nothing passes through it. */
const UNUSED_LIMIT = 1
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
  const resolved = resolveOptions(options)
  const cleanup = new Cleanup()
  try {
    return await run(resolved, cleanup)
  } catch (error) {
    throw asSyncError(error)
  } finally {
    await cleanup.run()
  }
}

async function run(options: ResolvedOptions, cleanup: Cleanup): Promise<SyncSummary> {
  const { source, destination, onEvent, dryRun, concurrency } = options
  const sourceStore = createStore(source)
  cleanup.add(() => sourceStore.close())
  const destinationStore = createStore(destination)
  cleanup.add(() => destinationStore.close())
  await Promise.all([
    probe(() => sourceStore.probe(), 'source'),
    probe(() => destinationStore.probe(), 'destination'),
  ])

  const identity = { source: describeEndpoint(source), destination: describeEndpoint(destination) }
  const state = dryRun
    ? await openStateReadOnly({ directory: options.dataDir, identity })
    : await openState({ directory: options.dataDir, identity })
  cleanup.add(() => state.close())
  const scratch = dryRun ? await openScratch(identity, cleanup) : null

  const copier = createCopier({
    source,
    destination,
    connections: Math.max(concurrency.max, concurrency.fixed ?? 0),
  })
  cleanup.add(() => copier.close())
  const report = await openReport(options, cleanup)

  const fixed = concurrency.fixed
  const controller =
    fixed === undefined && !dryRun
      ? createController({
          maxConcurrency: concurrency.max,
          ...(concurrency.min === undefined ? {} : { minConcurrency: concurrency.min }),
          ...(concurrency.intervalMs === undefined ? {} : { intervalMs: concurrency.intervalMs }),
          ...(concurrency.preset === undefined ? {} : { preset: concurrency.preset }),
        })
      : null
  const limit = controller?.limit ?? fixed ?? UNUSED_LIMIT

  const pipeline = new Pipeline({
    manifests: bucketManifests(sourceStore, options),
    state: state as StatePort,
    copier,
    gate: createGate(limit),
    controller,
    report,
    scratch,
    maxOpenObjects: 2 * Math.max(concurrency.max, limit),
    maxAttempts: options.maxAttempts,
    throttleBudgetMs: options.throttleBudgetMs,
    outage: options.outage,
    ...(options.backoff ? { backoff: options.backoff } : {}),
    isUnreachable: ({ code }) => UNREACHABLE.has(code),
    isFatal: concernsWholeRun,
    ...(options.drain ? { drain: options.drain } : {}),
    ...(options.abort ? { abort: options.abort } : {}),
    onEvent,
    requests: () => ({
      source: sourceStore.requests + copier.requests.source,
      destination: destinationStore.requests + copier.requests.destination,
    }),
  })
  if ('onError' in state) {
    state.onError = (error) => pipeline.stop(asSyncError(error, 143))
    state.startRun({
      ...identity,
      startedAt: Date.now(),
      options: { concurrency, maxAttempts: options.maxAttempts },
    })
  }

  onEvent({ type: 'start', ...identity, dataDir: options.dataDir, dryRun })
  const { summary, stoppedBy } = await pipeline.run()
  if ('finishRun' in state) {
    await state.flush().catch((error: unknown) => pipeline.stop(asSyncError(error, 143)))
    await state.finishRun(summary).catch(() => {})
  }
  await report?.close()
  onEvent({ type: 'summary', ...summary })
  if (stoppedBy !== null) throw stoppedBy
  return summary
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

async function openScratch(
  identity: { source: string; destination: string },
  cleanup: Cleanup,
): Promise<StatePort> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-plan-'))
  cleanup.add(() => rm(directory, { recursive: true, force: true }))
  const scratch = await openState({ directory, identity })
  cleanup.add(() => scratch.close())
  return scratch as StatePort
}

async function openReport({ report }: ResolvedOptions, cleanup: Cleanup): Promise<ReportPort | null> {
  if (report === undefined) return null
  const writer = await createReportWriter({ path: report })
  cleanup.add(() => writer.close())
  return writer
}
