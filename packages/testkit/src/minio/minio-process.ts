import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import getPort from 'get-port'
import { s3Request } from '../s3/s3-request.js'
import { TestkitError } from '../errors.js'
import type { MinioServer, ProvideMinioOptions } from './minio-server.js'
import { exitWithParent } from '../exit-with-parent.js'
import { randomCredentials } from './random-credentials.js'
import type { StoreEndpoint } from '../s3/store-endpoint.js'

const READY_TIMEOUT_MS = 60_000
const REGION = 'us-east-1'

/** Starts `binary` as a server on 127.0.0.1, on the given port or on a free one. */
export async function startMinioProcess(binary: string, options: ProvideMinioOptions): Promise<MinioServer> {
  if (options.port !== undefined) await checkPortIsFree(options.port)
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await getPort({ host: '127.0.0.1' }))
    try {
      return await startOn(binary, port, options)
    } catch (error) {
      // Another process may have taken the free port before it was bound.
      const lostPort = options.port === undefined && /address already in use/i.test((error as Error).message)
      if (!lostPort || attempt === 5) throw error
    }
  }
}

async function startOn(binary: string, port: number, options: ProvideMinioOptions): Promise<MinioServer> {
  const { accessKeyId, secretAccessKey } = options.credentials ?? randomCredentials()
  const temporary = options.directory === undefined ? await mkdtemp(join(tmpdir(), 'lagoon-minio-')) : null
  const directory = options.directory ?? temporary!
  const certificates = join(directory, '.certs')
  if (options.tls !== undefined) await writeCertificate(certificates, options.tls)
  const child = spawn(
    binary,
    [
      'server',
      '--quiet',
      '--address',
      `127.0.0.1:${port}`,
      '--certs-dir',
      certificates,
      join(directory, 'data'),
    ],
    {
      env: {
        ...process.env,
        MINIO_ROOT_USER: accessKeyId,
        MINIO_ROOT_PASSWORD: secretAccessKey,
        MINIO_BROWSER: 'off',
        MINIO_UPDATE: 'off',
        MINIO_SCANNER_SPEED: 'slowest',
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const output = lastOutputOf(child)
  const ended = once(child, 'close').catch(() => undefined)

  const killAtExit = (): void => {
    child.kill('SIGKILL')
    if (temporary !== null) rmSync(temporary, { recursive: true, force: true })
  }
  process.once('exit', killAtExit)
  const dismiss = exitWithParent(child, temporary)

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM')
    const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
    await ended
    clearTimeout(killer)
    process.off('exit', killAtExit)
    dismiss()
    if (temporary !== null) await rm(temporary, { recursive: true, force: true, maxRetries: 5 })
  }

  const url = `${options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`
  const trusted =
    options.tls === undefined ? {} : { certificateAuthority: options.tls.authority ?? options.tls.cert }
  try {
    await ready({ url, accessKeyId, secretAccessKey, region: REGION, ...trusted }, child, output)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    url,
    credentials: { accessKeyId, secretAccessKey },
    region: REGION,
    ...trusted,
    pid: child.pid ?? null,
    stop,
  }
}

/** Where MinIO expects them: https://min.io/docs/minio/linux/operations/network-encryption.html */
async function writeCertificate(
  directory: string,
  { key, cert }: { key: string; cert: string },
): Promise<void> {
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'private.key'), key)
  await writeFile(join(directory, 'public.crt'), cert)
}

async function ready(endpoint: StoreEndpoint, child: ChildProcess, output: () => string): Promise<void> {
  let spawnError: Error | null = null
  child.once('error', (error) => (spawnError = error))
  const deadline = Date.now() + READY_TIMEOUT_MS
  while (Date.now() < deadline) {
    if (spawnError !== null || child.exitCode !== null || child.signalCode !== null) {
      throw minioFailed(
        `MinIO ended before it was ready: ${output() || 'it said nothing'}`,
        spawnError ?? undefined,
      )
    }
    if (await isLive(endpoint)) return
    await delay(50)
  }
  throw minioFailed(
    `MinIO was not ready within ${READY_TIMEOUT_MS / 1000} s: ${output() || 'it said nothing'}`,
  )
}

/**
 * A liveness check is not enough. Until its object layer is up, MinIO is live with the status `offline`; and the response may come from
 * another server on the same port, which does not know our credentials.
 */
async function isLive(endpoint: StoreEndpoint): Promise<boolean> {
  try {
    const { status, headers } = await s3Request(endpoint, { target: '/minio/health/live', unsigned: true })
    if (status !== 200 || headers['x-minio-server-status'] === 'offline') return false
    return (await s3Request(endpoint, {})).status === 200
  } catch {
    return false
  }
}

function minioFailed(message: string, cause?: unknown): TestkitError {
  const hint =
    'Run `minio server` by hand, or name running servers with LAGOON_TEST_SOURCE_ENDPOINT_URL and the like.'
  return new TestkitError('LAGOON_TESTKIT_MINIO_FAILED', message, hint, cause)
}

/** The last few hundred characters of the process's output; its pipes are drained as long as it lives. */
function lastOutputOf(child: ChildProcess): () => string {
  let text = ''
  const collect = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-600)
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return () => text.trim().replaceAll(/\s+/g, ' ')
}

async function checkPortIsFree(port: number): Promise<void> {
  const probe = createServer().listen(port, '127.0.0.1')
  try {
    await once(probe, 'listening')
  } catch (error) {
    throw minioFailed(`port ${port} is taken: ${(error as Error).message}`, error)
  } finally {
    probe.close()
  }
}
