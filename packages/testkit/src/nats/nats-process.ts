import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import freePort from 'get-port'
import { TestkitError } from '../errors.js'
import { exitWithParent } from '../exit-with-parent.js'
import type { NatsServer, ProvideNatsOptions } from './nats-server.js'

const READY_TIMEOUT_MS = 30_000

/** Starts `binary` as a server on 127.0.0.1, on the given port or on a free one. */
export async function startNatsProcess(binary: string, options: ProvideNatsOptions): Promise<NatsServer> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort())
    try {
      return await startOn(binary, port, options)
    } catch (error) {
      // Another process may have taken the free port before it was bound.
      const lostPort = options.port === undefined && /address already in use/i.test((error as Error).message)
      if (!lostPort || attempt === 5) throw error
    }
  }
}

async function startOn(binary: string, port: number, options: ProvideNatsOptions): Promise<NatsServer> {
  const { config = '', jetstream = true } = options
  const temporary = await mkdtemp(join(tmpdir(), 'lagoon-nats-'))
  const file = join(temporary, 'nats.conf')
  const store = options.directory ?? join(temporary, 'data')
  const lines = [
    `listen: "127.0.0.1:${port}"`,
    ...(jetstream && !/^\s*jetstream\b/m.test(config)
      ? [`jetstream { store_dir: ${JSON.stringify(store)} }`]
      : []),
    config,
  ]
  await writeFile(file, `${lines.join('\n')}\n`)

  let child: ChildProcess
  let dismiss: (() => void) | undefined
  const killAtExit = (): void => {
    child.kill('SIGKILL')
    rmSync(temporary, { recursive: true, force: true })
  }
  const start = async (): Promise<void> => {
    child = spawn(binary, ['-c', file], { stdio: ['ignore', 'ignore', 'pipe'] })
    dismiss = exitWithParent(child, temporary)
    if (options.onLog !== undefined) child.stderr!.setEncoding('utf8').on('data', options.onLog)
    await ready(child)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    dismiss?.()
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill(signal)
    await ended
  }
  const stop = async (): Promise<void> => {
    await end('SIGKILL')
    process.off('exit', killAtExit)
    await rm(temporary, { recursive: true, force: true, maxRetries: 5 })
  }

  process.once('exit', killAtExit)
  try {
    await start()
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    get pid() {
      return child.pid ?? null
    },
    kill: () => end('SIGKILL'),
    restart: start,
    stop,
  }
}

/** The server reports it in its log. */
function ready(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let output = ''
    const failed = (why: string, cause?: unknown): void => {
      clearTimeout(timer)
      const said = output.trim().split('\n').slice(-3).join(' ').slice(-600)
      reject(
        new TestkitError(
          'LAGOON_TESTKIT_NATS_FAILED',
          `nats-server ${why}: ${said || 'it said nothing'}`,
          'Run `nats-server -js` by hand, or name a running server with LAGOON_TEST_NATS_URL.',
          cause,
        ),
      )
    }
    const timer = setTimeout(
      () => failed(`was not ready within ${READY_TIMEOUT_MS / 1000} s`),
      READY_TIMEOUT_MS,
    )
    child.stderr!.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-4000)
      if (!output.includes('Server is ready')) return
      clearTimeout(timer)
      resolve()
    })
    child.once('error', (error) => failed('could not be started', error))
    child.once('exit', () => failed('ended before it was ready'))
  })
}
