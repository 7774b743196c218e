import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { withFileLock } from '../file-lock.js'
import { heartbeat, progressLine } from '../progress-line.js'
import { exitWithParent } from './exit-with-parent.js'

/** The version that is built where no MinIO is found; MinIO's RELEASE tags are no Go module versions. */
export const MINIO_MODULE = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c'

const run = promisify(execFile)

/** Where a MinIO built by this package lies, outside of every repository. */
export function cachedMinioPath(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'lagoon', MINIO_MODULE.slice(MINIO_MODULE.lastIndexOf('@') + 1), 'minio')
}

/** How long a build may take, and how it is shown. */
export interface BuildOptions {
  /** Time between two lines that say it goes on; default 15 s. */
  heartbeatMs?: number
  /** Longest time without a package compiled or downloaded; default 5 minutes. */
  silenceMs?: number
  /** Longest time of all; default 30 minutes. */
  timeoutMs?: number
}

/**
 * The path of a MinIO server binary: on the PATH, else in the cache, else built with `go install` into the cache (minutes, once).
 * Null when there is none, and no Go to build it, or `LAGOON_BUILD_MINIO=0` forbids that.
 */
export async function findMinioBinary(
  env: NodeJS.ProcessEnv = process.env,
  options: BuildOptions = {},
): Promise<string | null> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(directory, 'minio')
    if (directory && (await isMinioServer(candidate))) return candidate
  }
  const cached = cachedMinioPath(env)
  if (await isMinioServer(cached)) return cached
  if (env['LAGOON_BUILD_MINIO'] === '0') return null
  return buildMinio(cached, env, options)
}

async function buildMinio(
  target: string,
  env: NodeJS.ProcessEnv,
  options: BuildOptions,
): Promise<string | null> {
  const version = await run('go', ['version'], { env }).catch(() => null)
  if (version === null) return null
  return withFileLock(
    `${target}.lock`,
    async () => {
      if (await isMinioServer(target)) return target
      progressLine(
        `building MinIO with Go into ${target}: once, a few minutes. ` +
          'To run the tests that need it on the sandbox instead, stop and set LAGOON_BUILD_MINIO=0',
      )
      const bin = `${target}.building`
      try {
        await mkdir(bin, { recursive: true })
        await installWithGo(MINIO_MODULE, bin, env, options)
        await rename(join(bin, 'minio'), target)
        return target
      } catch (error) {
        progressLine(`MinIO could not be built: ${(error as Error).message}`)
        return null
      } finally {
        await rm(bin, { recursive: true, force: true })
      }
    },
    { onWait: (pid) => progressLine(`waiting for process ${pid ?? '?'}, which is building MinIO`) },
  )
}

/** Runs `go install`, which names each package as it is compiled or downloaded. Rejects with what it said last. */
async function installWithGo(
  module: string,
  bin: string,
  env: NodeJS.ProcessEnv,
  { heartbeatMs, silenceMs = 5 * 60_000, timeoutMs = 30 * 60_000 }: BuildOptions,
): Promise<void> {
  // GOFLAGS=-mod=mod and the like of a surrounding project must not leak into the build.
  const child = spawn('go', ['install', '-v', module], {
    env: { ...env, GOBIN: bin, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const dismiss = exitWithParent(child, null)
  let packages = 0
  let last = 'it said nothing'
  let stopped: string | null = null
  const stop = (reason: string): void => {
    stopped = `${reason}; its last words: ${last}`
    child.kill('SIGKILL')
  }
  const whole = setTimeout(
    () => stop(`not finished after ${Math.round(timeoutMs / 60_000)} minutes`),
    timeoutMs,
  )
  const silence = setTimeout(() => stop(`no progress for ${Math.round(silenceMs / 1000)} s`), silenceMs)
  using _ = heartbeat(() => `still building MinIO: ${packages} packages`, heartbeatMs)
  createInterface(child.stderr).on('line', (line) => {
    if (line.trim() === '') return
    packages += 1
    last = line.trim()
    silence.refresh()
  })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(stopped ?? last)
  } finally {
    clearTimeout(whole)
    clearTimeout(silence)
    dismiss()
  }
}

/** Other programs are called `minio` too: only the server says so in `--version`. */
async function isMinioServer(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 })
    return stdout.startsWith('minio version ')
  } catch {
    return false
  }
}
