import { formatBytes, formatCount, formatDuration } from '../text/format.js'
import type { Style } from '../text/style.js'
import { nextSteps, type DemoFigures } from './render-demo.js'

/** What the demo with several workers found, the last line under `--json`. */
export interface WorkersDemoResult extends DemoFigures {
  readonly workers: number
  /** Workers that were killed on the way. */
  readonly killed: number
  /** Rows with an outcome in the records of the job. */
  readonly recorded: number
  /** Objects that the destination saw written more than once: what the killed worker had not recorded yet. */
  readonly copiedTwice: number
}

/** What was done, and what to type next. */
export function renderWorkersDemo(result: WorkersDemoResult, tool: string, style: Style): string {
  const tick = style.green('✓')
  const count = formatCount
  return [
    style.bold(`The demo finished in ${formatDuration(result.durationMs)}.`),
    `  ${tick} ${count(result.workers)} workers copied ${count(result.objects)} objects (${formatBytes(result.bytes)}) from ${result.source} to ${result.destination}`,
    `  ${tick} ${count(result.killed)} of them was killed; the others continued its rows and exited with 0`,
    `  ${tick} ${count(result.recorded)} rows have one outcome each; ${count(result.copiedTwice)} objects that the killed worker had not recorded were copied again`,
    `  ${tick} ${count(result.compared)} objects compared byte for byte on both stores: equal`,
    '',
    style.bold('Next steps'),
    ...nextSteps([
      ['nats-server -js -sd /var/lib/nats', 'on one machine that all others reach'],
      [`${tool} doctor --queue nats://HOST:4222`, 'check the server; print the permissions'],
      [`${tool} --queue nats://HOST:4222`, 'the same command on every machine'],
      [`${tool} status --follow --queue nats://HOST:4222`, 'show how far the job is'],
    ]),
    '',
  ].join('\n')
}
