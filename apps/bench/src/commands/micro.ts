import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { captureEnvironment, type Environment } from '../environment.js'
import { nanoseconds } from '../format.js'
import { copyTasks } from '../micro/copy-tasks.js'
import { gateTasks } from '../micro/gate-tasks.js'
import { manifestTasks } from '../micro/manifest-tasks.js'
import { measureTask, type MicroFigure, type MicroTask } from '../micro/measure-task.js'
import { stateTasks } from '../micro/state-tasks.js'
import { createProgress } from '../progress.js'
import type { Session } from '../session.js'

export const microGroups = ['gate', 'state', 'manifest', 'copy'] as const
export type MicroGroup = (typeof microGroups)[number]

export interface MicroOptions {
  groups: readonly MicroGroup[]
  repeats: number
  command: string
}

export interface MicroResult {
  kind: 'micro'
  command: string
  environment: Environment
  durationMs: number
  figures: MicroFigure[]
}

const makers: Record<MicroGroup, (folder: string) => Promise<MicroTask[]> | MicroTask[]> = {
  gate: () => gateTasks(),
  state: stateTasks,
  manifest: manifestTasks,
  copy: () => copyTasks(),
}

/** What the packages' smallest pieces of work cost, through their public interfaces. */
export async function micro(options: MicroOptions, session: Session): Promise<MicroResult> {
  const startedAt = performance.now()
  const environment = await captureEnvironment('none', {})
  const figures: MicroFigure[] = []
  const progress = createProgress(options.groups.length)
  for (const group of options.groups) {
    const folder = join(session.directory, group)
    await mkdir(folder)
    const tasks = await makers[group](folder)
    session.defer(async () => {
      for (const task of tasks) await task.close?.()
    })
    const own: MicroFigure[] = []
    for (const task of tasks) own.push(await measureTask(task, options.repeats, session.signal))
    figures.push(...own)
    progress.step(
      own.map(({ name, unit, cpuNs }) => `${name} ${nanoseconds(cpuNs.median)} per ${unit}`).join(', '),
    )
  }
  return {
    kind: 'micro',
    command: options.command,
    environment,
    durationMs: performance.now() - startedAt,
    figures,
  }
}

/** A figure beside the same one of a baseline: above 1 is slower. `null` where the baseline has none. */
export function againstBaseline(
  result: MicroResult,
  baseline: MicroResult,
): { name: string; ratio: number | null }[] {
  return result.figures.map(({ name, cpuNs }) => {
    const before = baseline.figures.find((figure) => figure.name === name)
    return { name, ratio: before ? cpuNs.median / before.cpuNs.median : null }
  })
}
