import { createController, createGate } from '@lagoon/aimd'
import { createReportWriter } from '@lagoon/manifest'
import { concernsWholeRun } from '@lagoon/transfer'
import type { Cleanup } from '../cleanup.js'
import type { ResolvedOptions } from '../options/options.js'
import type { PipelineOptions } from './pipeline-options.js'
import type { Controller } from '../ports/concurrency.js'
import { ExpendableReport } from '../outcomes/expendable-report.js'

/** Highest limit that a running run can be set to, unless it began with more. */
const MAX_CONCURRENCY_UNDER_WAY = 16_384
/** The limit of a pipeline that does not adapt; nothing passes through its gate. */
const UNUSED_LIMIT = 1
/** Codes of failures to reach the store: the whole endpoint may be down, with nothing or an ingress answering in its place. */
const UNREACHABLE = new Set([
  'ConnectionRefused',
  'ConnectTimeout',
  'HostNotFound',
  'HostUnreachable',
  'Http404',
  'Http502',
  'Http504',
  'NotFound',
])
/** Cloudflare's own statuses for a store that it does not reach: https://developers.cloudflare.com/support/troubleshooting/http-status-codes/ */
const CLOUDFLARE = /^Http5(?:2\d|30)$/

type CommonParts = Pick<
  PipelineOptions,
  | 'gate'
  | 'controller'
  | 'maxAttempts'
  | 'throttleBudgetMs'
  | 'outage'
  | 'backoff'
  | 'isUnreachable'
  | 'isFatal'
  | 'drain'
  | 'abort'
  | 'observer'
  | 'onEvent'
>

/** The parts that follow from the options alone: concurrency, retries, stopping. */
export function commonParts(options: ResolvedOptions): CommonParts {
  const { concurrency, dryRun, maxAttempts, throttleBudgetMs, outage, onEvent } = options
  const controller = concurrency.fixed === undefined && !dryRun ? openController(options) : null
  return {
    gate: createGate(controller?.limit ?? concurrency.fixed ?? UNUSED_LIMIT),
    controller,
    maxAttempts,
    throttleBudgetMs,
    outage,
    ...(options.backoff ? { backoff: options.backoff } : {}),
    isUnreachable,
    isFatal: concernsWholeRun,
    ...(options.drain ? { drain: options.drain } : {}),
    ...(options.abort ? { abort: options.abort } : {}),
    ...(options.observer ? { observer: options.observer } : {}),
    onEvent,
  }
}

/** Highest possible limit of a run, including later changes. Connections are opened as they are needed: room for more costs nothing. */
export function connectionsOf({ concurrency, onControls }: ResolvedOptions): number {
  const atStart = Math.max(concurrency.max, concurrency.fixed ?? 0)
  return onControls === undefined ? atStart : Math.max(atStart, MAX_CONCURRENCY_UNDER_WAY)
}

/** True for failures to reach a store. */
export function isUnreachable({ code }: { readonly code: string }): boolean {
  return UNREACHABLE.has(code) || CLOUDFLARE.test(code)
}

function openController({ concurrency }: ResolvedOptions): Controller {
  const { min, max, intervalMs, preset, controller } = concurrency
  if (controller !== undefined) return controller
  return createController({
    maxConcurrency: max,
    ...(min === undefined ? {} : { minConcurrency: min }),
    ...(intervalMs === undefined ? {} : { intervalMs }),
    ...(preset === undefined ? {} : { preset }),
  })
}

/**
 * The report's file, if there is one; closed in every case.
 * @param run stands for `{run}` in its name
 */
export async function openReport(
  { report, reportMode = 'new', onEvent }: ResolvedOptions,
  run: number,
  cleanup: Cleanup,
): Promise<ExpendableReport | null> {
  if (report === undefined) return null
  const writer = await createReportWriter({ path: report.replaceAll('{run}', String(run)), mode: reportMode })
  const expendable = new ExpendableReport(writer, onEvent)
  cleanup.add(() => expendable.close())
  return expendable
}
