import { execFile } from 'node:child_process'
import { access, constants, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { withFileLock } from '../file-lock.js'
import { progressLine } from '../progress-line.js'

/** The version that is built where no MinIO is found; MinIO's RELEASE tags are no Go module versions. */
export const MINIO_MODULE = 'github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c'

const run = promisify(execFile)

/** Where a MinIO built by this package lies, outside of every repository. */
export function cachedMinioPath(env: NodeJS.ProcessEnv = process.env): string {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'lagoon', MINIO_MODULE.slice(MINIO_MODULE.lastIndexOf('@') + 1), 'minio')
}

/**
 * The path of a MinIO server binary: on the PATH, else in the cache, else built with `go install` into the cache (minutes, once).
 * Null when there is none and no Go to build it.
 */
export async function findMinioBinary(env: NodeJS.ProcessEnv = process.env): Promise<string | null> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(directory, 'minio')
    if (directory && (await isMinioServer(candidate))) return candidate
  }
  const cached = cachedMinioPath(env)
  if (await isMinioServer(cached)) return cached
  return buildMinio(cached, env)
}

async function buildMinio(target: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const version = await run('go', ['version'], { env }).catch(() => null)
  if (version === null) return null
  return withFileLock(
    `${target}.lock`,
    async () => {
      if (await isMinioServer(target)) return target
      progressLine(`building MinIO with Go, once, into ${target} (about three minutes)`)
      const bin = `${target}.building`
      try {
        await mkdir(bin, { recursive: true })
        // GOFLAGS=-mod=mod and the like of a surrounding project must not leak into the build.
        await run('go', ['install', MINIO_MODULE], {
          env: { ...env, GOBIN: bin, GOFLAGS: '' },
          maxBuffer: 1 << 26,
        })
        await rename(join(bin, 'minio'), target)
        return target
      } catch (error) {
        progressLine(`MinIO could not be built: ${firstLine(error)}`)
        return null
      } finally {
        await rm(bin, { recursive: true, force: true })
      }
    },
    { onWait: (pid) => progressLine(`waiting for process ${pid ?? '?'}, which is building MinIO`) },
  )
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

function firstLine(error: unknown): string {
  const stderr = (error as { stderr?: string }).stderr
  return (stderr || (error as Error).message).trim().split('\n').at(-1) ?? 'unknown error'
}
