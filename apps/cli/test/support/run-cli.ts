import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

let threads: string | undefined

/** From here on in this file the program copies by so many threads: the same suites hold for any number. */
export function copyByThreads(count: number): void {
  threads = String(count)
}

const program = fileURLToPath(new URL('../../bin/lagoon.js', import.meta.url))

export type JsonEvent = { type: string } & Record<string, unknown>

export interface CliOptions {
  readonly args?: readonly string[]
  /** The whole environment beside PATH: nothing of the test runner's own gets through. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Called with every line of stdout that is an event, as it comes. */
  readonly onEvent?: (event: JsonEvent, child: ChildProcess) => void
  /** What standard input holds. Default nothing. */
  readonly input?: string
  /** Arguments for Node itself. */
  readonly execArgv?: readonly string[]
  /** Largest file that it may write, in blocks of 512 bytes; a disk that is full, as far as it can tell. */
  readonly fileBlocks?: number
}

export interface CliResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** Lines of stdout, parsed; throws when one is not JSON. */
  timedEvents(): JsonEvent[]
  /** The same without `time` and `run`, which every line has: what is left is a test's own to say. */
  events(): JsonEvent[]
}

/** Starts the built program; `done` answers when it has ended and its output has been read. */
export function startCli(options: CliOptions): { child: ChildProcess; done: Promise<CliResult> } {
  const { args = [], env = {}, cwd, onEvent, input = '', execArgv = [], fileBlocks } = options
  const limit = fileBlocks === undefined ? [] : ['sh', '-c', `ulimit -f ${fileBlocks}; exec "$0" "$@"`]
  const [file, ...words] = [...limit, process.execPath, ...execArgv, program, ...args]
  const child = spawn(file!, words, {
    env: { PATH: process.env.PATH, LAGOON_THREADS: threads, ...env },
    cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A program that ends without reading it breaks the pipe.
  child.stdin.on('error', () => undefined).end(input)
  let stdout = ''
  let stderr = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    if (onEvent === undefined) return
    for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
      onEvent(untimed(JSON.parse(stdout.slice(seen, end)) as JsonEvent), child)
      seen = end + 1
    }
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk))
  const done = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) =>
      resolve({
        code,
        signal,
        stdout,
        stderr,
        timedEvents: () => parse(stdout),
        events: () => parse(stdout).map(untimed),
      }),
    )
  })
  return { child, done }
}

export function runCli(options: CliOptions): Promise<CliResult> {
  return startCli(options).done
}

function parse(stdout: string): JsonEvent[] {
  if (stdout === '') return []
  if (!stdout.endsWith('\n')) throw new Error(`stdout ends within a line: ${stdout.slice(-200)}`)
  return stdout
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as JsonEvent)
}

function untimed(event: JsonEvent): JsonEvent {
  const { time, run, ...rest } = event
  // A failure and a plan have their own time.
  if (typeof time === 'string') return rest
  return { ...rest, time, ...(run == null ? {} : { run }) }
}
