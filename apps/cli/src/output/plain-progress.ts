import type { Display } from './live-display.js'
import type { Output } from './output.js'
import type { ProgressModel } from './progress-model.js'
import { renderLine } from './render-progress.js'

const everyMs = 10_000

/** For logs and pipes: a line of progress every ten seconds of the run. */
export function createPlainProgress(output: Output, model: ProgressModel): Display {
  let nextMs = everyMs
  return {
    changed() {
      const { durationMs = 0, waitingUntil = null } = model.progress ?? {}
      if (durationMs < nextMs || waitingUntil !== null) return
      nextMs = Math.floor(durationMs / everyMs) * everyMs + everyMs
      output.write(`${renderLine(model)}\n`)
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
