import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { withFileLock } from './file-lock.js'
import { heartbeat, progressLine } from './progress-line.js'
import { exitWithParent } from './exit-with-parent.js'

/** A server that `go install` builds. */
export interface GoBinary {
  /** Name of the executable. */
  readonly name: string
  /** Name for people. */
  readonly label: string
  /** With its version: `github.com/…@v1.2.3`. */
  readonly module: string
  /** Prefix of its `--version` output: other programs may have the same name. */
  readonly version: string
  /** A variable that forbids building it if it is `0`. */
  readonly forbiddenBy: string
  /** What to expect of a build, for people who wait for it. */
  readonly note: string
}

const run = promisify(execFile)

/** Path of a binary that this package built, outside every repository. */
export function cachedBinaryPath(
  { name, module }: Pick<GoBinary, 'name' | 'module'>,
  env: NodeJS.ProcessEnv,
): string {
  const cache = env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return join(cache, 'lagoon', module.slice(module.lastIndexOf('@') + 1), name)
}

/** Limits of a build, and how it is shown. */
interface BuildOptions {
  /** Interval of the lines that show progress; default 15 s. */
  heartbeatMs?: number
  /** Longest time without a compiled or downloaded package; default 5 minutes. */
  silenceMs?: number
  /** Longest total time; default 30 minutes. */
  timeoutMs?: number
}

/**
 * The path of a binary: on the PATH, else in the cache, else built with `go install` into the cache (minutes, once). Null if there is none
 * and it cannot be built, because Go is missing or the environment forbids it.
 */
export async function findGoBinary(
  binary: GoBinary,
  env: NodeJS.ProcessEnv,
  options: BuildOptions = {},
): Promise<string | null> {
  for (const directory of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(directory, binary.name)
    if (directory && (await isBinary(candidate, binary))) return candidate
  }
  const cached = cachedBinaryPath(binary, env)
  if (await isBinary(cached, binary)) return cached
  if (env[binary.forbiddenBy] === '0') return null
  return build(binary, cached, env, options)
}

async function build(
  binary: GoBinary,
  target: string,
  env: NodeJS.ProcessEnv,
  options: BuildOptions,
): Promise<string | null> {
  const version = await run('go', ['version'], { env }).catch(() => null)
  if (version === null) return null
  const { name, label, note } = binary
  return withFileLock(
    `${target}.lock`,
    async () => {
      if (await isBinary(target, binary)) return target
      progressLine(`building ${label} with Go into ${target}: ${note}`)
      const bin = `${target}.building`
      try {
        await mkdir(bin, { recursive: true })
        await installWithGo(binary, bin, env, options)
        await rename(join(bin, name), target)
        return target
      } catch (error) {
        progressLine(`${label} could not be built: ${(error as Error).message}`)
        return null
      } finally {
        await rm(bin, { recursive: true, force: true })
      }
    },
    { onWait: (pid) => progressLine(`waiting for process ${pid ?? '?'}, which is building ${label}`) },
  )
}

/** Runs `go install`, which prints each package that it compiles or downloads. Rejects with its last output. */
async function installWithGo(
  { label, module }: GoBinary,
  bin: string,
  env: NodeJS.ProcessEnv,
  { heartbeatMs, silenceMs = 5 * 60_000, timeoutMs = 30 * 60_000 }: BuildOptions,
): Promise<void> {
  // GOFLAGS=-mod=mod and similar settings of a surrounding project must not affect the build.
  const child = spawn('go', ['install', '-v', module], {
    env: { ...env, GOBIN: bin, GOFLAGS: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const dismiss = exitWithParent(child, null)
  let packages = 0
  let last = 'it said nothing'
  let stopped: string | null = null
  const stop = (reason: string): void => {
    stopped = `${reason}; its last output: ${last}`
    child.kill('SIGKILL')
  }
  const whole = setTimeout(
    () => stop(`not finished after ${Math.round(timeoutMs / 60_000)} minutes`),
    timeoutMs,
  )
  const silence = setTimeout(() => stop(`no progress for ${Math.round(silenceMs / 1000)} s`), silenceMs)
  const stopHeartbeat = heartbeat(() => `still building ${label}: ${packages} packages`, heartbeatMs)
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
    stopHeartbeat()
    dismiss()
  }
}

async function isBinary(path: string, { version }: GoBinary): Promise<boolean> {
  try {
    await access(path, constants.X_OK)
    const { stdout } = await run(path, ['--version'], { timeout: 10_000 })
    return stdout.startsWith(version)
  } catch {
    return false
  }
}
