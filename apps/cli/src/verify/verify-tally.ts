import { performance } from 'node:perf_hooks'
import type { Gate } from '@lagoon/aimd'
import type { EndpointOptions } from '@lagoon/sync'
import type { CommandContext } from '../commands/command.js'
import type { RowVerdict } from './verify-rows.js'

/** What a verification found, the last line under `--json`. */
export interface Verification {
  readonly type: 'verification'
  /** Rows whose object and copy are the same, by the stores' checksums or by size alone. same = byEtag + bySize. */
  readonly same: number
  readonly byEtag: number
  readonly bySize: number
  /** Rows whose object or copy is missing, differs, or could not be asked for. */
  readonly different: number
  readonly codes: Readonly<Record<string, number>>
  /** Bytes of the objects that are the same. */
  readonly bytes: number
  readonly manifests: { readonly completed: number; readonly failed: number }
  readonly durationMs: number
  readonly interrupted: boolean
}

const tellEveryMs = 1000

/** Counts verdicts, and tells them as events of a run are told, so that the same displays show them. */
export function createVerifyTally(gate: Gate, emit: CommandContext['emit']) {
  const startedAt = performance.now()
  const codes = new Map<string, number>()
  const manifests = { found: 0, completed: 0, failed: 0 }
  let byEtag = 0
  let bySize = 0
  let different = 0
  let bytes = 0
  let rows = 0
  let told = { at: startedAt, rows: 0, bytes: 0 }
  const tell = () => {
    const now = performance.now()
    const done = byEtag + bySize + different
    const seconds = Math.max(now - told.at, 1) / 1000
    emit({
      type: 'progress',
      completed: byEtag + bySize,
      skipped: 0,
      failed: different,
      missing: codes.get('LAGOON_CLI_VERIFY_SOURCE_MISSING') ?? 0,
      planned: 0,
      bytes,
      inFlight: gate.inFlight,
      limit: gate.limit,
      objectsPerSecond: (done - told.rows) / seconds,
      bytesPerSecond: (bytes - told.bytes) / seconds,
      throttled: 0,
      failedAttempts: 0,
      latencyMs: null,
      paused: false,
      waitingUntil: null,
      manifests: { completed: manifests.completed, skipped: 0, failed: manifests.failed },
      rows,
      durationMs: Math.round(now - startedAt),
    })
    told = { at: now, rows: done, bytes }
  }
  const timer = setInterval(tell, tellEveryMs).unref()
  return {
    start({ source, destination }: Record<'source' | 'destination', EndpointOptions>) {
      emit({ type: 'verifying', source: source.bucket, destination: destination.bucket })
    },
    opened(key: string, count: number) {
      rows += count
      manifests.found += 1
      emit({ type: 'manifest', status: 'opened', key, rows: count })
      emit({ type: 'totals', manifests: manifests.found, rows, bytes: null, final: false })
    },
    finished(key: string, count: number) {
      manifests.completed += 1
      emit({ type: 'manifest', status: 'completed', key, rows: count })
    },
    failed(key: string, { code, message, hint }: { code: string; message: string; hint?: string }) {
      manifests.failed += 1
      emit({
        type: 'manifest',
        status: 'failed',
        key,
        rows: null,
        code,
        message,
        ...(hint === undefined ? {} : { hint }),
      })
    },
    row(verdict: RowVerdict, manifest: string) {
      if (verdict.same) {
        if (verdict.by === 'etag') byEtag += 1
        else bySize += 1
        bytes += verdict.head.sizeBytes
        return
      }
      const { key, row, code, message } = verdict
      different += 1
      codes.set(code, (codes.get(code) ?? 0) + 1)
      emit({ type: 'failure', key, manifest, row, class: 'permanent', code, message, attempts: 1 })
    },
    end(interrupted: boolean): Verification {
      clearInterval(timer)
      tell()
      return {
        type: 'verification',
        same: byEtag + bySize,
        byEtag,
        bySize,
        different,
        codes: Object.fromEntries(codes),
        bytes,
        manifests: { completed: manifests.completed, failed: manifests.failed },
        durationMs: Math.round(performance.now() - startedAt),
        interrupted,
      }
    },
  }
}
