import { formatBytes, formatCount, formatDuration } from '../text/format.js'
import type { Style } from '../text/style.js'

/** What every demo tells. */
export interface DemoFigures {
  readonly source: string
  readonly destination: string
  readonly objects: number
  readonly bytes: number
  readonly manifests: number
  /** Objects whose bytes were compared at both stores. */
  readonly compared: number
  readonly durationMs: number
}

/** What the demo found, the last line under `--json`. */
export interface DemoResult extends DemoFigures {
  readonly copiedBeforeStop: number
  readonly copiedAfterResume: number
  readonly skippedAfterResume: number
  /** Objects that the destination saw written more than once: none, or the demo fails. */
  readonly copiedTwice: number
}

/** What was done, and what to type next. */
export function renderDemo(result: DemoResult, tool: string, style: Style): string {
  const tick = style.green('✓')
  const count = formatCount
  return [
    style.bold(`The demo finished in ${formatDuration(result.durationMs)}.`),
    `  ${tick} ${count(result.objects)} objects (${formatBytes(result.bytes)}) named by ${count(result.manifests)} Parquet manifests copied from ${result.source} to ${result.destination}`,
    `  ${tick} stopped after ${count(result.copiedBeforeStop)}, resumed: ${count(result.skippedAfterResume)} skipped, ${count(result.copiedAfterResume)} copied; the destination counted ${count(result.objects)} writes, none twice`,
    `  ${tick} ${count(result.compared)} objects compared byte for byte on both stores: equal`,
    '',
    style.bold('Next steps'),
    ...nextSteps([
      [`${tool} init`, 'enter your two stores, and test them'],
      [`${tool} --dry-run`, 'show what would be copied; change nothing'],
      [tool, 'copy; repeat to resume'],
      [`${tool} --help`, 'everything else'],
    ]),
    '',
  ].join('\n')
}

/** Commands and what each does, in columns. */
export function nextSteps(steps: readonly (readonly [command: string, what: string])[]): string[] {
  const width = Math.max(...steps.map(([command]) => command.length))
  return steps.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)
}
