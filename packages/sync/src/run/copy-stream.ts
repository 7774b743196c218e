import { asSyncError } from '../as-sync-error.js'
import type { AttemptContext } from '../copy/retry-policy.js'
import { KeyCopier, type CopyKeysOptions } from '../copy/copy-keys.js'
import type { KeyStreamItem } from '../ports/key-stream.js'
import { OutageDetector } from '../options/outage.js'
import { Outcomes } from '../outcomes/outcomes.js'
import type { StatePort } from '../ports/state.js'
import type { RunContext } from './context.js'
import type { SampleWindow } from '../copy/sample-window.js'
import { sleep } from '../sleep.js'
import { storeTrouble } from '../store-trouble.js'

/** Warnings of the copier, by its codes. */
const WARNINGS: Readonly<Record<string, string>> = {
  TagsNotRead: 'LAGOON_SYNC_TAGS_NOT_READ',
  TagsNotKept: 'LAGOON_SYNC_TAGS_NOT_KEPT',
}

interface CopyStreamOptions extends Pick<CopyKeysOptions, 'onEnd'> {
  readonly state: StatePort
  readonly window: SampleWindow
}

/** Copies what the stream names, under the run's gate, with its retries, and records the outcomes. */
export async function copyStream(
  run: RunContext,
  stream: AsyncIterable<KeyStreamItem>,
  { state, window, onEnd }: CopyStreamOptions,
): Promise<void> {
  const { options, tally, stopWith } = run
  const { copier, report, onEvent, maxOpenObjects } = options
  const keys = new KeyCopier({
    state,
    tally,
    copier,
    outcomes: new Outcomes(state, tally, report, onEvent),
    attempts: attemptsOf(run, window),
    maxOpenObjects,
    allowDuplicates: options.allowDuplicates ?? false,
    trouble: run.trouble,
    work: options.work ?? null,
    onWarning: ({ code, message }) => run.warnOnce(WARNINGS[code] ?? code, message),
    stopFor: (failure) => stopWith(storeTrouble(failure)),
    onFinished: (ref, rows) => {
      tally.of(ref).becomes('completed')
      onEvent({ type: 'manifest', status: 'completed', key: ref.key, rows })
    },
    onEnd,
  })
  try {
    await keys.run(stream)
  } catch (error) {
    const known = asSyncError(error, 'state')
    if (known.reason === 'defect') throw error
    // The state or a manifest could not be read further: what is in flight finishes, and the summary says so.
    stopWith(known)
    await keys.drained()
  }
}

function attemptsOf(run: RunContext, window: SampleWindow): AttemptContext {
  const { options, tally, stop, now, retryClock } = run
  const { gate, outage, onEvent, isUnreachable, maxAttempts, throttleBudgetMs, backoff, abort } = options
  return {
    gate,
    window,
    policy: { maxAttempts, throttleBudgetMs, ...(backoff ? { backoff } : {}) },
    outages: { source: new OutageDetector(outage), destination: new OutageDetector(outage) },
    abort,
    stop,
    now,
    retryNow: retryClock.now,
    sleep,
    observer: options.observer ?? null,
    isUnreachable,
    isFatal: options.isFatal,
    onAnswered: (side, startedAt) => run.trouble.answered(side, startedAt),
    onThrottled: () => {
      tally.throttled += 1
    },
    onFailed: () => {
      tally.failedAttempts += 1
    },
    onOutage: (side, began) =>
      onEvent({
        type: 'warning',
        code: began ? 'LAGOON_SYNC_OUTAGE' : 'LAGOON_SYNC_OUTAGE_OVER',
        message: began
          ? `the ${side} store can't be reached: pausing and retrying`
          : `the ${side} store answers again: continuing`,
      }),
  }
}
