import type { ProgressEvent } from '@lagoon/sync'
import type { Display } from './live-display.js'
import type { Output } from './output.js'
import type { ProgressModel } from './progress-model.js'
import { renderLine } from './render-progress.js'

const everyMs = 10_000

/**
 * For logs and pipes: a line of progress every ten seconds of the run.
 * @param log writes it, as the log around it is written
 */
export function createPlainProgress(
  output: Output,
  model: ProgressModel,
  log: (progress: ProgressEvent, line: string) => void,
): Display {
  let nextMs = everyMs
  return {
    changed() {
      const { progress } = model
      if (progress === undefined || progress.durationMs < nextMs || progress.waitingUntil !== null) return
      nextMs = Math.floor(progress.durationMs / everyMs) * everyMs + everyMs
      log(progress, renderLine(model))
    },
    above(line) {
      output.write(line)
    },
    close() {},
  }
}

/** For machines that read the events: log lines only. */
export function createNoProgress(output: Output): Display {
  return { changed() {}, above: (line) => output.write(line), close() {} }
}
