import { execFile } from 'node:child_process'
import { cpus, loadavg, release, totalmem, type } from 'node:os'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Where a result was measured: saved with it, because figures mean nothing without. */
export interface Environment {
  date: string
  system: string
  processor: string
  processors: number
  memoryBytes: number
  /** Load average of the last minute before the measurement; null where the system has none. */
  loadBefore: number | null
  node: string
  /** Short commit of the working tree, with `+` when files differ from it; null outside of a clone. */
  commit: string | null
  stores: string
  /** What each client says its version is. */
  clients: Record<string, string>
}

export async function captureEnvironment(
  stores: string,
  clients: Record<string, string>,
): Promise<Environment> {
  const [load] = loadavg()
  return {
    date: new Date().toISOString(),
    system: `${type()} ${release()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryBytes: totalmem(),
    loadBefore: load ?? null,
    node: process.version,
    commit: await currentCommit(),
    stores,
    clients,
  }
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
