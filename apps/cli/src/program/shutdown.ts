import { signalExitCodes, type ExitCode, type StopSignal } from '../errors/exit-codes.js'

/** Time between the second signal and the end of the process, whatever may hang. */
const watchdogMs = 1500

/** Longest time between a signal that ends the process immediately and its end, for cleaning up. */
const tidyMs = 5000

/** Turns SIGINT and SIGTERM into two steps: the first drains, the second aborts and limits the remaining time of the process. */
interface Shutdown {
  readonly drain: AbortSignal
  readonly abort: AbortSignal
  /** The last signal that arrived. */
  stoppedBy(): StopSignal | undefined
  /** Runs this when a first signal ends the process, before it does. Returns a function that cancels it. */
  beforeExit(tidy: () => Promise<void>): () => void
  /** The work's own end, or none where a signal is ending the process: later errors do not matter. */
  unlessExiting<T>(work: Promise<T>): Promise<T>
}

interface ShutdownOptions {
  /** Asked at the first signal. False: there is nothing to drain, so it ends the process immediately. */
  readonly drains: () => boolean
  /** Prints what is left to print of a run that would not end; called once, just before the process exits with that code. */
  readonly lastWords: (exitCode: ExitCode) => void
}

export function installShutdown(options: ShutdownOptions): Shutdown {
  const drain = new AbortController()
  const abort = new AbortController()
  const tidying = new Set<() => Promise<void>>()
  let stoppedBy: StopSignal | undefined
  let exiting = false
  const exit = () => {
    const exitCode = signalExitCodes[stoppedBy!]
    try {
      options.lastWords(exitCode)
    } finally {
      process.exit(exitCode)
    }
  }
  const tidyAndExit = () => {
    exiting = true
    if (tidying.size === 0) return exit()
    setTimeout(exit, tidyMs)
    void Promise.allSettled([...tidying].map((tidy) => tidy())).then(exit)
  }
  const onSignal = (signal: StopSignal) => {
    stoppedBy = signal
    if (!drain.signal.aborted) {
      drain.abort(signal)
      if (!options.drains()) tidyAndExit()
    } else if (!abort.signal.aborted) {
      // Kept referenced on purpose: it has to fire even if nothing else is left to wait for.
      setTimeout(exit, watchdogMs)
      abort.abort(signal)
    }
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => onSignal(signal))
  return {
    drain: drain.signal,
    abort: abort.signal,
    stoppedBy: () => stoppedBy,
    beforeExit(tidy) {
      tidying.add(tidy)
      return () => tidying.delete(tidy)
    },
    async unlessExiting(work) {
      try {
        return await work
      } finally {
        if (exiting) await new Promise(() => {})
      }
    },
  }
}
