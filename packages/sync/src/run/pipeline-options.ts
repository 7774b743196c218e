import type { BackoffOptions } from '../options/backoff.js'
import type { SyncError } from '../ports/errors.js'
import type { EventSink, SyncSummary } from '../ports/events.js'
import type { OutageOptions } from '../options/outage.js'
import type { Controller, Gate } from '../ports/concurrency.js'
import type { ProbeResult } from '../copy/run-trouble.js'
import type { AttemptFailure, CopierPort } from '../ports/copier.js'
import type { ManifestSource } from '../ports/manifests.js'
import type { ReportPort } from '../ports/report.js'
import type { FailureRecord, KnownState, PlanPort, StatePort } from '../ports/state.js'
import type { WorkPort } from '../rows/work-port.js'
import type { RunObserver } from '../ports/observer.js'

/** A pipeline with its ports plugged in; `runSync` plugs in the packages of this repository. */
export interface PipelineOptions {
  readonly manifests: ManifestSource
  /** Copy and record; or only plan, with what earlier runs did. */
  readonly mode:
    | { readonly kind: 'copy'; readonly state: StatePort }
    | { readonly kind: 'plan'; readonly state: KnownState; readonly planned: PlanPort }
  readonly copier: CopierPort
  readonly gate: Gate
  /** Null keeps the gate where it is. */
  readonly controller: Controller | null
  readonly report: ReportPort | null
  readonly maxOpenObjects: number
  /** Whether rows that name one key are processed separately instead of following the first. Default false. */
  readonly allowDuplicates?: boolean
  /** Most in flight that the run may be set to while it runs. Default no bound. */
  readonly highestConcurrency?: number
  readonly observer?: RunObserver
  readonly maxAttempts: number
  readonly throttleBudgetMs: number
  readonly outage: OutageOptions
  readonly backoff?: BackoffOptions
  /** Failures to connect. */
  readonly isUnreachable: (failure: AttemptFailure) => boolean
  /** Failures that may concern the run instead of the object, such as expired credentials. */
  readonly isFatal: (failure: AttemptFailure) => boolean
  /** Sends a neutral request to a store, to find out whether such a failure concerns the run. Default: none is sent. */
  readonly probe?: (side: 'source' | 'destination') => Promise<ProbeResult>
  /** Recorded failures, by manifest and row: only they are retried, and no manifest is read. Default: what the manifests name. */
  readonly retry?: () => Iterable<FailureRecord>
  /** Rows that are shared with other machines: only they are copied, and no manifest is looked for. Default none. */
  readonly work?: WorkPort
  /** Scan for manifests again and again, until stopped. Default: one scan. */
  readonly watch?: WatchPort
  readonly drain?: AbortSignal
  readonly abort?: AbortSignal
  /** Ends the run like `drain`, because of the `SyncError` that it is aborted with. */
  readonly trouble?: AbortSignal
  readonly onEvent: EventSink
  /** HTTP requests sent so far, by side. */
  readonly requests: () => { source: number; destination: number }
}

/** What a watch needs from its environment. */
export interface WatchPort {
  /** From the end of one scan to the beginning of the next, ms. */
  readonly intervalMs: number
  /** Resolves after `ms`, or at once when the signal fires. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** True for an error that may not recur in the next scan, such as a store that can't be reached. */
  readonly isPassing: (error: unknown) => boolean
}

export interface PipelineResult {
  readonly summary: SyncSummary
  /** Why the run ended itself early; null if it did not. */
  readonly stoppedBy: SyncError | null
}
