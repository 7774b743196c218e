import { rmSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BenchError } from './errors.js'

/** The resources of a running command: a folder for its files, a stop signal, and clean-up actions. */
export interface BenchSession {
  /** Temporary; removed at the end. */
  directory: string
  /** Where results are saved. */
  out: string
  /** Aborts at the first SIGINT or SIGTERM. */
  signal: AbortSignal
  /** Shares of all processors that other work used between the runs. */
  otherWork: number[]
  /** Executed at the end in reverse order, whether the command succeeded or not. */
  defer(undo: () => Promise<void>): void
  /** Expected number of steps. */
  expect(steps: number): void
  /** Prints that work continues if nothing was printed for 15 seconds. */
  beat(): void
  /** Prints a line of progress. Standard output is for results. */
  say(text: string): void
  /** Prints that one of the expected steps is done. */
  step(text: string): void
}

/** A session that the caller ends, for tests and for `withSession`. */
export function openSession(
  parts: Pick<BenchSession, 'directory' | 'out' | 'signal' | 'defer'>,
  write: (text: string) => void = (text) => process.stderr.write(text),
): BenchSession {
  let done = 0
  let total = 0
  const print = (text: string): void => {
    lastAt = performance.now()
    write(text)
  }
  let lastAt = performance.now()
  return {
    ...parts,
    otherWork: [],
    expect(steps) {
      total += steps
    },
    beat() {
      const seconds = Math.round((performance.now() - lastAt) / 1000)
      if (seconds >= 15) write(`… still at it, ${seconds} s\n`)
    },
    say(text) {
      print(`${text}\n`)
    },
    step(text) {
      done += 1
      print(`[${String(done).padStart(String(total).length)}/${total}] ${text}\n`)
    },
  }
}

/**
 * Runs a command with a session. The first SIGINT or SIGTERM stops it and cleans up; a second one exits immediately, and exit handlers
 * remove servers and temporary files.
 */
export async function withSession<T>(
  out: string,
  command: (session: BenchSession) => Promise<T>,
): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-bench-'))
  const stop = new AbortController()
  const undos: (() => Promise<void>)[] = []
  const removeNow = (): void => rmSync(directory, { recursive: true, force: true })
  process.once('exit', removeNow)
  const onSignal = (name: NodeJS.Signals): void => {
    const exitCode = name === 'SIGINT' ? 130 : 143
    if (stop.signal.aborted) process.exit(exitCode)
    process.stderr.write('\nStopping and cleaning up. Press Ctrl-C again to leave immediately.\n')
    stop.abort(new BenchError('LAGOON_BENCH_INTERRUPTED', `stopped by ${name}`, { exitCode }))
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  try {
    const { signal } = stop
    const session = openSession({ directory, out, signal, defer: (undo) => undos.push(undo) })
    const heart = setInterval(() => session.beat(), 15_000)
    undos.push(async () => clearInterval(heart))
    return await command(session)
  } catch (error) {
    // Whatever failed while everything was being stopped, the signal is the reason.
    throw stop.signal.aborted ? stop.signal.reason : error
  } finally {
    for (const undo of undos.reverse()) {
      await undo().catch((error: unknown) => process.stderr.write(`while cleaning up: ${String(error)}\n`))
    }
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
    await rm(directory, { recursive: true, force: true, maxRetries: 5 })
    process.off('exit', removeNow)
  }
}
