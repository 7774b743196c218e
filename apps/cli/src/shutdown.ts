import { signalExitCodes, type StopSignal } from './exit-codes.js'

/** Time between the second signal and the end of the process, whatever may hang. */
const watchdogMs = 1500

/** Turns SIGINT and SIGTERM into two steps: the first drains, the second aborts and sets a limit to the process' life. */
export interface Shutdown {
  readonly drain: AbortSignal
  readonly abort: AbortSignal
  /** The last signal that arrived. */
  stoppedBy(): StopSignal | undefined
}

export interface ShutdownOptions {
  /** Asked at the first signal. False: nothing is worth draining, so it ends the process at once. */
  readonly drains: () => boolean
  /** Says the last words of a run that would not end; called once, right before the process exits. */
  readonly lastWords: () => void
}

export function installShutdown(options: ShutdownOptions): Shutdown {
  const drain = new AbortController()
  const abort = new AbortController()
  let stoppedBy: StopSignal | undefined
  const exit = () => {
    try {
      options.lastWords()
    } finally {
      process.exit(signalExitCodes[stoppedBy!])
    }
  }
  const onSignal = (signal: StopSignal) => {
    stoppedBy = signal
    if (!drain.signal.aborted) {
      drain.abort(signal)
      if (!options.drains()) exit()
    } else if (!abort.signal.aborted) {
      // Kept referenced on purpose: it has to fire even if nothing else is left to wait for.
      setTimeout(exit, watchdogMs)
      abort.abort(signal)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal(signal))
  return { drain: drain.signal, abort: abort.signal, stoppedBy: () => stoppedBy }
}
