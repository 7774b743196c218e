import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bytes, milliseconds, number, percent } from './format.js'
import type { ReportFact } from './report/report.js'
import { median } from './statistics.js'

/** Facts about the measurement that only the command knows. */
export interface MeasuredOn {
  /** The stores, for people: no credentials. */
  stores: string
  /** The reported version of each client. */
  clients?: Record<string, string>
}

/** Where a result was measured: saved with it, because figures mean nothing without it. */
export interface Environment extends Required<MeasuredOn> {
  date: string
  system: string
  processor: string
  processors: number
  memoryBytes: number
  /** Load averages of the last minute, before and after; null if the system has none. */
  load: { before: number | null; after: number | null }
  /** Median share of all processors that other work used between the runs; null if unknown. */
  otherWork: number | null
  node: string
  /** Short commit of the working tree, with `+` if files differ from it; null outside a clone. */
  commit: string | null
}

/** Load average of the last minute; null on Windows, which always reports zero. */
export function currentLoad(): number | null {
  return process.platform === 'win32' ? null : (loadavg()[0] ?? null)
}

/** Above this share of the processors, other work invalidates rates. */
const busyShare = 0.15

/** Whether other work invalidated the measurement. */
export function wasBusy(otherWork: readonly number[]): boolean {
  return otherWork.length > 0 && median(otherWork) > busyShare
}

export async function captureEnvironment(
  { stores, clients = {} }: MeasuredOn,
  {
    startedAt,
    loadBefore,
    otherWork,
  }: { startedAt: Date; loadBefore: number | null; otherWork: readonly number[] },
): Promise<Environment> {
  return {
    date: startedAt.toISOString(),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
    load: { before: loadBefore, after: currentLoad() },
    otherWork: otherWork.length === 0 ? null : median(otherWork),
    node: process.version,
    commit: await currentCommit(),
    stores,
    clients,
  }
}

/** Load and noise in one line, to be shown beside every finding. `spread` is the largest of repeated measurements, 0 without any. */
export function conditionsOf({ load, otherWork, processors }: Environment, spread: number | null): string {
  const parts = [
    `Load ${number(load.before)} before and ${number(load.after)} after, ${processors} processors`,
  ]
  if (otherWork !== null) parts.push(`other work took ${percent(otherWork)} of them`)
  if (spread) parts.push(`repeats differ by up to ${percent(spread)}`)
  const busy = otherWork !== null && otherWork > busyShare
  return `${parts.join('; ')}.${busy ? ' The machine was busy: only ratios, processor time and memory carry over.' : ''}`
}

/** The environment for readers of a report. */
export function environmentFacts(environment: Environment, durationMs: number): ReportFact[] {
  const { date, system, processor, processors, memoryBytes, node, commit, stores, clients } = environment
  return [
    ['Measured', `${date.slice(0, 16).replace('T', ' ')} UTC, in ${milliseconds(durationMs)}`],
    ['Machine', `${processor}, ${processors} processors, ${bytes(memoryBytes)}, ${system}`],
    ['Stores', stores],
    ['Node', node],
    ...(commit === null ? [] : [['Commit', commit] as const]),
    ...Object.entries(clients),
  ]
}

/** The same in one line for a terminal. */
export function machineLine({ processor, processors, system, node, stores }: Environment): string {
  return `${processor} × ${processors}, ${system}, Node ${node}, stores: ${stores}`
}

async function currentCommit(): Promise<string | null> {
  const cwd = fileURLToPath(new URL('..', import.meta.url))
  const git = async (...args: string[]): Promise<string> =>
    (await promisify(execFile)('git', args, { cwd })).stdout
  try {
    const commit = (await git('rev-parse', '--short', 'HEAD')).trim()
    return (await git('status', '--porcelain', '--untracked-files=no')).trim() === '' ? commit : `${commit}+`
  } catch {
    return null
  }
}
