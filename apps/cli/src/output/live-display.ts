import { createLogUpdate } from 'log-update'
import type { Output } from './output.js'
import type { ProgressModel } from './progress-model.js'
import { renderLive } from './render-progress.js'
import type { Style } from '../text/style.js'

const redrawMs = 250

/** Log lines that arrive within this time are written above the display together: it is redrawn once, not for each of them. */
const gatherMs = 50

/** The lines at the foot of the terminal that are overwritten during a run. */
export interface Display {
  /** Something changed; it shows within a quarter of a second. */
  changed(): void
  /** Writes a line, with its newline, above the display, which is drawn again below it. */
  above(line: string): void
  /** Removes the display from the screen. */
  close(): void
}

export function createLiveDisplay(output: Output, model: ProgressModel, style: Style): Display {
  const update = createLogUpdate(output.stream, { showCursor: true })
  let dirty = true
  let gathered = ''
  let gathering: NodeJS.Timeout | undefined
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
  const writeGathered = () => {
    clearTimeout(gathering)
    gathering = undefined
    if (gathered === '' || output.closed) return
    // Not by `update.persist`, which would break lines where the terminal ends: a key that is copied from it would be broken too.
    update.clear()
    output.write(gathered)
    gathered = ''
    draw()
  }
  process.once('exit', writeGathered)
  const timer = setInterval(() => dirty && draw(), redrawMs).unref()
  output.stream.on('resize', redraw)
  return {
    changed() {
      dirty = true
    },
    above(line) {
      gathered += line
      gathering ??= setTimeout(writeGathered, gatherMs)
    },
    close() {
      clearInterval(timer)
      process.off('exit', writeGathered)
      writeGathered()
      output.stream.off('resize', redraw)
      if (!output.closed) update.clear()
    },
  }
}
