import type { ReportWriter } from '@lagoon/manifest'
import type { Store } from '@lagoon/transfer'
import { exitCodes, signalExitCodes } from '../exit-codes.js'
import { resolveEndpoints } from '../options/endpoint.js'
import { numberFlag, textFlag } from '../options/parse-value.js'
import { checkReportFile } from '../options/report-file.js'
import { defaults } from '../options/sync-options.js'
import { describeFailure } from '../output/describe-failure.js'
import { renderVerification } from '../verify/render-verification.js'
import { createVerifyTally, type Verification } from '../verify/verify-tally.js'
import { verifyRows, type AskHead, type RowVerdict } from '../verify/verify-rows.js'
import type { CommandContext, CommandOutcome } from './command.js'

/** Asks both stores for every object that the manifests name, copies nothing, and says what differs. */
export async function run(context: CommandContext): Promise<CommandOutcome> {
  const { settings, drain, emit } = context
  const endpoints = resolveEndpoints(settings)
  const prefix = textFlag(settings, 'manifest-prefix') ?? defaults.manifestPrefix
  const column = textFlag(settings, 'manifest-column')
  const concurrency = Math.min(
    numberFlag(settings, 'concurrency') ?? defaults.fixedConcurrency,
    defaults.fixedConcurrency,
  )
  const reportFile = settings.flag('report')
  const path = reportFile && checkReportFile(reportFile)
  const [{ createReportWriter, discoverManifests, openManifest }, { createStore }, { createGate }] =
    await Promise.all([import('@lagoon/manifest'), import('@lagoon/transfer'), import('@lagoon/aimd')])
  const gate = createGate(concurrency)
  const source = createStore(endpoints.source)
  const destination = createStore(endpoints.destination)
  let report: ReportWriter | undefined
  try {
    await Promise.all([source.probe(), destination.probe()])
    report = path === undefined ? undefined : await createReportWriter({ path })
    const tally = createVerifyTally(gate, emit)
    tally.start(endpoints)
    drain.addEventListener('abort', () =>
      emit({ type: 'stopping', reason: 'asked to stop: finishing what is in flight' }),
    )
    let complete = true
    for await (const ref of discoverManifests(source, { prefix })) {
      if (drain.aborted) break
      try {
        const reader = await openManifest(source, ref, {
          bucket: endpoints.source.bucket,
          ...(column === undefined ? {} : { column }),
        })
        tally.opened(ref.key, reader.rows)
        complete = await verifyRows(reader.batches(), {
          source: askOf(source),
          destination: askOf(destination),
          gate,
          drain,
          onVerdict(verdict) {
            tally.row(verdict, ref.key)
            report?.write(reportRow(verdict))
          },
        })
        if (complete) tally.finished(ref.key, reader.rows)
      } catch (error) {
        tally.failed(ref.key, describeFailure(error).data)
      }
      await report?.idle()
    }
    const verification = tally.end(drain.aborted || !complete)
    return {
      exitCode: exitCodeOf(verification, context),
      data: verification,
      render: (style) => renderVerification(verification, path, style),
    }
  } finally {
    await Promise.all([source.close(), destination.close()])
    await report?.close()
  }
}

function exitCodeOf({ interrupted, different, manifests }: Verification, context: CommandContext) {
  const stoppedBy = context.stoppedBy()
  if (interrupted && stoppedBy !== undefined) return signalExitCodes[stoppedBy]
  return different > 0 || manifests.failed > 0 ? exitCodes.failures : exitCodes.ok
}

function askOf(store: Store): AskHead {
  return async (key) => {
    try {
      return await store.head({ key })
    } catch (error) {
      if (describeFailure(error).data.code === 'LAGOON_TRANSFER_OBJECT_MISSING') return null
      throw error
    }
  }
}

/** A row in the form of `sync --report`: an object that is there and the same is one that a run would skip. */
function reportRow(verdict: RowVerdict) {
  const row = { key: verdict.key, attempts: 1, durationMs: null }
  if (verdict.same) {
    const { sizeBytes, etag } = verdict.head
    return {
      ...row,
      outcome: 'skipped' as const,
      code: null,
      message: null,
      bytes: sizeBytes,
      etag,
      verification: verdict.by,
    }
  }
  const { code, message } = verdict
  const outcome = code === 'LAGOON_CLI_VERIFY_SOURCE_MISSING' ? ('missing' as const) : ('failed' as const)
  return { ...row, outcome, code, message, bytes: null, etag: null, verification: null }
}
