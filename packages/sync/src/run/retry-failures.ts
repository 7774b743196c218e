import { copyStream } from './copy-stream.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import type { ManifestRef } from '../ports/manifests.js'
import type { FailureRecord, StatePort } from '../ports/state.js'
import type { RunContext } from './context.js'
import type { SampleWindow } from '../copy/sample-window.js'
import { FAILURES_A_STEP } from '../rows/batches.js'

interface RetryOptions {
  readonly state: StatePort
  /** The recorded failures to retry, by manifest and row. */
  readonly failures: () => Iterable<FailureRecord>
  readonly window: SampleWindow
  /** Called with the number of rows. */
  readonly onRows: (rows: number) => void
}

/** Retries recorded failures, and nothing else: no manifest is searched for or read. */
export async function retryRecordedFailures(
  run: RunContext,
  { state, failures, window, onRows }: RetryOptions,
): Promise<void> {
  const manifests = new Set<string>()
  let rows = 0
  for (const { manifest } of failures()) {
    manifests.add(manifest.key)
    rows += 1
  }
  onRows(rows)
  run.options.onEvent({ type: 'totals', manifests: manifests.size, rows, bytes: null, final: true })
  await copyStream(run, failureStream(failures(), run.stop), { state, window, onEnd() {} })
}

/** Failures in steps, each of one manifest. */
async function* failureStream(
  failures: Iterable<FailureRecord>,
  stop: AbortSignal,
): AsyncGenerator<KeyStreamItem> {
  let ref: ManifestRef = { key: '', etag: '', sizeBytes: 0 }
  let step: FailureRecord[] = []
  for (const failure of failures) {
    if (stop.aborted) return
    const { key, etag, scope } = failure.manifest
    const sameManifest = ref.key === key && ref.etag === etag && ref.scope === scope
    if (step.length > 0 && (!sameManifest || step.length === FAILURES_A_STEP)) {
      yield { kind: 'failures', ref, failures: step }
      step = []
    }
    if (!sameManifest) ref = { ...failure.manifest, sizeBytes: 0 }
    step.push(failure)
  }
  if (step.length > 0) yield { kind: 'failures', ref, failures: step }
}
