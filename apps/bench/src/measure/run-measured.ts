import { spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { childrenCpuTime, followMemory, type CpuTime, type MemoryPoint } from './proc.js'

/** A program to run: of the bench's environment it gets only `PATH`, `HOME` and the variables named here. */
export interface Invocation {
  command: string
  args: readonly string[]
  env: Readonly<Record<string, string>>
}

/** The cost of one run of a program. CPU and memory are `null` without `/proc` (anything but Linux). */
export interface ProcessMeasurement {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** User and system time. */
  cpuMs: number | null
  /** From just before the program is started until it has ended. */
  wallMs: number
  peakMemoryBytes: number | null
  /** Resident memory, twice a second. */
  memoryCurve: MemoryPoint[]
  /** Paths of its output. Files, not pipes: reading a pipe would take time from the program. */
  stdoutFile: string
  stderrFile: string
  timedOut: boolean
}

/**
 * Runs a program to its end and measures it. Processor time is the increase of this process's ended children, so that the program's own
 * children count and no wrapper adds to it; it is meaningless for overlapping runs.
 *
 * On abort, or after `timeoutMs` (default 15 minutes), the program gets SIGTERM, and SIGKILL two seconds later, or `graceMs` after its time
 * was up; the promise resolves once it has ended.
 */
export async function runMeasured(
  invocation: Invocation,
  options: {
    directory: string
    signal?: AbortSignal
    /** Kills the program when it aborts, without asking it first. */
    kill?: AbortSignal
    timeoutMs?: number
    graceMs?: number
  },
): Promise<ProcessMeasurement> {
  const stdoutFile = join(options.directory, 'stdout')
  const stderrFile = join(options.directory, 'stderr')
  const stdout = await open(stdoutFile, 'w')
  const stderr = await open(stderrFile, 'w')
  try {
    const before = childrenCpuTime()
    const startedAt = performance.now()
    const child = spawn(invocation.command, invocation.args, {
      stdio: ['ignore', stdout.fd, stderr.fd],
      env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...invocation.env },
      cwd: options.directory,
    })
    const memory = child.pid === undefined ? null : followMemory(child.pid)
    const killNow = (): void => void child.kill('SIGKILL')
    process.once('exit', killNow)
    let killTimer: NodeJS.Timeout | undefined
    let timedOut = false
    const end = (graceMs: number): void => {
      child.kill('SIGTERM')
      clearTimeout(killTimer)
      killTimer = setTimeout(killNow, graceMs)
    }
    const onAbort = (): void => end(2_000)
    const timer = setTimeout(() => {
      timedOut = true
      end(options.graceMs ?? 2_000)
    }, options.timeoutMs ?? 900_000)
    options.kill?.addEventListener('abort', killNow, { once: true })
    if (options.signal?.aborted) onAbort()
    else options.signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const ended = await new Promise<{ exitCode: number | null; signal: NodeJS.Signals | null }>(
        (resolve, reject) => {
          child.once('error', reject)
          child.once('exit', (exitCode, signal) => resolve({ exitCode, signal }))
        },
      )
      const wallMs = performance.now() - startedAt
      const after = childrenCpuTime()
      const seen = memory?.stop()
      return {
        ...ended,
        wallMs,
        cpuMs: before && after ? sum(after) - sum(before) : null,
        peakMemoryBytes: seen?.peakBytes ?? null,
        memoryCurve: seen?.curve ?? [],
        stdoutFile,
        stderrFile,
        timedOut,
      }
    } finally {
      memory?.stop()
      clearTimeout(timer)
      clearTimeout(killTimer)
      process.off('exit', killNow)
      options.signal?.removeEventListener('abort', onAbort)
      options.kill?.removeEventListener('abort', killNow)
    }
  } finally {
    await stdout.close()
    await stderr.close()
  }
}

function sum({ userMs, systemMs }: CpuTime): number {
  return userMs + systemMs
}
