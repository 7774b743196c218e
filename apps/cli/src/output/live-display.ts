import { createLogUpdate } from 'log-update'
import type { Output } from './output.js'
import type { ProgressModel } from './progress-model.js'
import { renderLive } from './render-progress.js'
import type { Style } from './style.js'

const redrawMs = 250

/** The lines at the foot of the terminal that are written over as a run goes on. */
export interface Display {
  /** Something changed; it shows within a quarter of a second. */
  changed(): void
  /** Writes a line above the display, which is drawn again below it. */
  above(line: string): void
  /** Takes the display off the screen. */
  close(): void
}

export function createLiveDisplay(output: Output, model: ProgressModel, style: Style): Display {
  const update = createLogUpdate(output.stream, { showCursor: true })
  let dirty = true
  const draw = () => {
    dirty = false
    if (output.closed) return
    // The last column stays empty: some terminals wrap when it is written to.
    const text = renderLive(model, output.columns - 1, style)
    if (text === '') update.clear()
    else update(text)
  }
  const redraw = () => {
    dirty = true
    draw()
  }
  const timer = setInterval(() => dirty && draw(), redrawMs).unref()
  output.stream.on('resize', redraw)
  return {
    changed() {
      dirty = true
    },
    above(line) {
      if (output.closed) return
      update.persist(line)
      draw()
    },
    close() {
      clearInterval(timer)
      output.stream.off('resize', redraw)
      if (!output.closed) update.clear()
    },
  }
}
