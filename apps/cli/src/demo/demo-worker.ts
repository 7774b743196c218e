import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A `lagoon` process of a demo that works on a job. */
export interface DemoWorker {
  readonly pid: number
  /** Items that it holds. */
  readonly inHand: number
  /** Ends it as a power cut would. */
  kill(): void
  /** Asks it to hand back what it has. */
  stop(): void
  /** Its exit code, null if it was killed, and its last output. */
  readonly ended: Promise<{ readonly code: number | null; readonly stderr: string }>
}

const program = fileURLToPath(new URL('../../bin/lagoon.js', import.meta.url))

/** Starts the same program with other arguments and nothing of this process' settings. */
export function startDemoWorker(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): DemoWorker {
  const child = spawn(process.execPath, [program, '--json', ...args], {
    cwd: directory,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  let inHand = 0
  let stderr = ''
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { type, status } = JSON.parse(line) as { type: string; status?: string }
    if (type !== 'item') return
    if (status === 'claimed') inHand += 1
    else if (status !== 'split') inHand -= 1
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-2000)))
  return {
    pid: child.pid!,
    get inHand() {
      return inHand
    },
    kill,
    stop: () => void child.kill('SIGTERM'),
    ended: endOf(child).then((code) => {
      process.off('exit', kill)
      return { code, stderr }
    }),
  }
}

async function endOf(child: ChildProcess): Promise<number | null> {
  const [code] = (await once(child, 'close')) as [number | null]
  return code
}
