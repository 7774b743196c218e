import type { AttemptFailure, AttemptRunner } from '../contract/attempt.js'
import { checkKeys, mapKey } from '../options/key-mapping.js'
import { resolveCopier, type CopierOptions } from '../options/copier-options.js'
import type { Copier, CopyCall, CopyEngine, CopyJob } from '../contract/copier.js'
import { LocalCopier } from '../copy/local-copier.js'
import { ProgressCount } from '../copy/progress.js'
import { capCells, forgive } from '../s3/rate-cap.js'
import { createSimpleRunner } from '../contract/simple-runner.js'
import { ThreadedCopier } from './threaded-copier.js'
import { checkTraffic } from '../options/traffic-limits.js'

/**
 * Opens nothing yet: the first copy opens connections and threads and fetches credentials.
 *
 * @throws TransferError for invalid options: see {@link resolveCopier}
 */
export function createCopier(options: CopierOptions): Copier {
  const settings = resolveCopier(options)
  const caps = { source: capCells(), destination: capCells() }
  const engine: CopyEngine =
    settings.threads === 1 ? new LocalCopier(settings, caps) : new ThreadedCopier(options, settings, caps)

  return {
    copy(job: CopyJob, given: AttemptRunner | CopyCall = {}, ofRunner?: AbortSignal) {
      const call: CopyCall = 'run' in given ? { runner: given, ...(ofRunner && { signal: ofRunner }) } : given
      const { signal, onProgress } = call
      const runner = call.runner ?? createSimpleRunner(signal === undefined ? {} : { signal })
      const progress = onProgress && new ProgressCount(onProgress)
      const destinationKey = job.destinationKey ?? mapKey(job.key, settings.mapping)
      const failure = destinationKey === null ? outsidePrefix(job.key) : checkKeys(job, destinationKey)
      return failure === null
        ? engine.copy(job, destinationKey!, progress?.watch(runner) ?? runner, signal, progress?.onBytes)
        : Promise.resolve({ ok: false, failure, attempts: 0 })
    },
    requests: engine.requests,
    limitTraffic(limits) {
      checkTraffic(limits)
      forgive(caps.source, limits)
      forgive(caps.destination, limits)
      engine.limitTraffic(limits)
    },
    close: () => engine.close(),
  }
}

function outsidePrefix(key: string): AttemptFailure {
  const message = `the key ${JSON.stringify(key)} does not begin with the prefix to strip`
  return { class: 'permanent', side: 'source', code: 'KeyOutsidePrefix', message }
}
