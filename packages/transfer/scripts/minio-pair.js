import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const credentials = { accessKeyId: 'lagoonbench', secretAccessKey: 'lagoonbenchsecret' }

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  return port
}

async function isReady(url) {
  try {
    return (await fetch(`${url}/minio/health/ready`)).ok
  } catch {
    return false
  }
}

async function startMinio() {
  const parent = await access('/dev/shm').then(
    () => '/dev/shm',
    () => tmpdir(),
  )
  const directory = await mkdtemp(join(parent, 'lagoon-copy-bench-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = spawn('minio', ['server', directory, '--address', `127.0.0.1:${port}`, '--quiet'], {
    env: {
      ...process.env,
      MINIO_ROOT_USER: credentials.accessKeyId,
      MINIO_ROOT_PASSWORD: credentials.secretAccessKey,
    },
    stdio: 'ignore',
  })
  const killed = () => child.kill('SIGKILL')
  process.once('exit', killed)
  const failed = once(child, 'error').then(([error]) => {
    throw error
  })
  while (!(await Promise.race([isReady(url), failed])))
    await new Promise((resolve) => setTimeout(resolve, 100))
  return {
    url,
    credentials,
    async stop() {
      process.off('exit', killed)
      child.kill()
      await once(child, 'exit')
      await rm(directory, { recursive: true, force: true })
    },
  }
}

/** Two MinIO servers of our own, their data in memory where the system has a place for it. */
export async function startMinioPair() {
  const [source, destination] = await Promise.all([startMinio(), startMinio()])
  return { source, destination, stop: () => Promise.all([source.stop(), destination.stop()]) }
}
