import { mkdir, open, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { TestkitError } from './errors.js'

interface FileLockOptions {
  /** Called once if another process holds the lock. */
  onWait?: (holderPid: number | null) => void
  /** Longest wait; default 15 minutes. */
  timeoutMs?: number
  /** Interval between attempts; default 250 ms. */
  pollMs?: number
}

/**
 * Runs `action` while this process holds the lock file at `path` (created with O_EXCL, containing the pid). The lock of a process that has
 * ended is taken over.
 *
 * @throws {TestkitError} `LAGOON_TESTKIT_LOCK_TIMEOUT`
 */
export async function withFileLock<T>(
  path: string,
  action: () => Promise<T>,
  options: FileLockOptions = {},
): Promise<T> {
  const { timeoutMs = 15 * 60_000, pollMs = 250, onWait } = options
  await mkdir(dirname(path), { recursive: true })
  const deadline = Date.now() + timeoutMs
  let reported = false
  while (!(await create(path))) {
    const holder = await holderOf(path)
    if (holder !== null && !isAlive(holder)) {
      await rm(path, { force: true })
      continue
    }
    if (Date.now() > deadline) {
      throw new TestkitError(
        'LAGOON_TESTKIT_LOCK_TIMEOUT',
        `process ${holder ?? 'unknown'} still holds ${path}`,
        'Wait for it, or remove the file if that process has nothing to do with it.',
      )
    }
    if (!reported) onWait?.(holder)
    reported = true
    await delay(pollMs)
  }
  try {
    return await action()
  } finally {
    await rm(path, { force: true })
  }
}

async function create(path: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    await file.writeFile(String(process.pid))
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(path: string): Promise<number | null> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return /^\d+$/.test(text) ? Number(text) : null
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
