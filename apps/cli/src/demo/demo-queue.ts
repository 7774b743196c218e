import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, globSync } from 'node:fs'
import { createServer } from 'node:net'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { createInterface } from 'node:readline'
import { CliError } from '../errors/cli-error.js'

/** A NATS server for the time of a demo. */
interface DemoQueue {
  readonly url: string
  close(): Promise<void>
}

type Environment = Readonly<Record<string, string | undefined>>

const wanted = 'github.com/nats-io/nats-server/v2@v2.15.3'

/**
 * Starts a nats-server of its own: the one on the PATH, else one that `go install` or the tests have left.
 * @param directory for its data
 * @throws CliError LAGOON_CLI_MISSING_SETTING where there is none
 */
export async function startDemoQueue(directory: string, environment: Environment): Promise<DemoQueue> {
  const binary = findServer(environment)
  const port = await freePort()
  const args = [
    '--jetstream',
    '--store_dir',
    join(directory, 'queue'),
    '--addr',
    '127.0.0.1',
    '--port',
    String(port),
  ]
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = (): void => void child.kill('SIGKILL')
  process.once('exit', kill)
  const lines: string[] = []
  try {
    await Promise.race([
      once(child, 'error').then(([error]) => Promise.reject(error as Error)),
      isReady(child.stderr, lines),
    ])
  } catch (cause) {
    kill()
    throw new CliError(
      'LAGOON_CLI_DEMO_FAILED',
      `${binary} does not start: ${lines.at(-1) ?? (cause as Error).message}`,
      'Run it by hand with -js, or name a running server with --queue.',
      { cause },
    )
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    async close() {
      process.off('exit', kill)
      if (child.exitCode !== null || child.signalCode !== null) return
      const ended = once(child, 'exit')
      kill()
      await ended
    },
  }
}

async function isReady(log: NodeJS.ReadableStream, lines: string[]): Promise<void> {
  for await (const line of createInterface({ input: log })) {
    lines.push(line)
    if (line.includes('Server is ready')) {
      // The rest is read, so that the server never waits for us.
      log.resume()
      return
    }
  }
  throw new Error('it ended before it was ready')
}

function findServer(environment: Environment): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache')
  const found = [
    ...(environment.PATH ?? '').split(delimiter).filter((directory) => directory !== ''),
    join(environment.GOPATH || join(homedir(), 'go'), 'bin'),
    ...globSync(join(cache, 'lagoon', 'v2.*')),
  ]
    .map((directory) => join(directory, 'nats-server'))
    .find(isExecutable)
  if (found !== undefined) return found
  throw new CliError(
    'LAGOON_CLI_MISSING_SETTING',
    'the demo with several workers needs a NATS server, and there is no nats-server on the PATH',
    `Install nats-server 2.12 or later (https://github.com/nats-io/nats-server/releases, or go install ${wanted}), or name a running one with --queue.`,
  )
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
