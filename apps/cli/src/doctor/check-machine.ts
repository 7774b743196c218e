import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { formatBytes, formatCount } from '../text/format.js'
import type { Findings } from './check.js'

/** The state refuses to continue below this (`LAGOON_STATE_DISK_FULL`). */
const diskFloorBytes = 128 * 2 ** 20
const comfortableBytes = 2 ** 30

/** Each object in flight holds a connection to either side. */
const filesPerObject = 2
const filesBeside = 64

/**
 * What a run needs of this machine: open files, and room for the state, if it keeps one here.
 * @param concurrency most objects in flight
 */
export async function checkMachine(
  dataDir: string | undefined,
  concurrency: number,
  findings: Findings,
): Promise<void> {
  checkOpenFiles(concurrency, findings)
  if (dataDir === undefined) return
  let directory = resolve(dataDir)
  while (!existsSync(directory)) directory = dirname(directory)
  const { bavail, bsize } = await statfs(directory)
  const free = bavail * bsize
  const detail = `${formatBytes(free)} free under ${directory}`
  const fix = 'Free space, or use another --data-dir; the state takes 10 to 30 bytes per object.'
  if (free < diskFloorBytes) findings.failed('disk', detail, fix)
  else if (free < comfortableBytes) findings.warning('disk', detail, fix)
  else findings.ok('disk', detail)
}

function checkOpenFiles(concurrency: number, findings: Findings): void {
  // Looking up the names of all connections could take long.
  const report: typeof process.report & { excludeNetwork?: boolean } = process.report
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as {
    userLimits?: { open_files?: { soft: number | string } }
  }
  const soft = userLimits?.open_files?.soft
  const needed = concurrency * filesPerObject + filesBeside
  if (soft === undefined) findings.skipped('open files', 'this system does not report its limit')
  else if (soft === 'unlimited' || Number(soft) >= needed)
    findings.ok('open files', `limit ${formatLimit(soft)}, ${formatCount(needed)} needed`)
  else {
    findings.warning(
      'open files',
      `limit ${formatLimit(soft)}, ${formatCount(needed)} needed for ${formatCount(concurrency)} in flight`,
      `Raise it (ulimit -n ${needed}), or lower --max-concurrency.`,
    )
  }
}

function formatLimit(limit: number | string): string {
  return typeof limit === 'number' ? formatCount(limit) : limit
}
