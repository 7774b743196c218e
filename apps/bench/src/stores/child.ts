import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { BenchError } from '../errors.js'

/** A program of the bench in a process of its own. */
export interface Child<Ready> {
  process: ChildProcess
  /** The first message that it sent. */
  ready: Ready
  stop(): Promise<void>
}

/** Starts a program with one argument, as JSON. Resolves with its first message. Throws `LAGOON_BENCH_STORE` if it ends before. */
export async function startChild<Ready>(program: URL, argument: unknown): Promise<Child<Ready>> {
  const child = fork(program, [JSON.stringify(argument)])
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  const ready = new Promise<Ready>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Ready))
    child.once('exit', (code) =>
      reject(
        new BenchError(
          'LAGOON_BENCH_STORE',
          `${program.pathname} ended with exit code ${code} before it was ready`,
        ),
      ),
    )
  })
  return { process: child, ready: await ready, stop }
}

/** For such a program: reads its argument, and makes sure that it ends with its parent, which alone decides when. */
export function readArgument<T>(): T {
  process.on('disconnect', () => process.exit(0))
  // A Ctrl-C in a terminal reaches every process.
  process.on('SIGINT', () => {})
  return JSON.parse(process.argv[2]!) as T
}
