import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { environmentStores } from '../src/index.js'
import { dockerEngineResponds } from '../src/minio/docker-engine.js'
import { withFileLock } from '../src/file-lock.js'
import { cachedBinaryPath, findGoBinary } from '../src/go-binary.js'
import { MINIO } from '../src/minio/provide-minio.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lagoon-testkit-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const NAMED = {
  LAGOON_TEST_SOURCE_ENDPOINT_URL: 'http://one:9000/',
  LAGOON_TEST_SOURCE_ACCESS_KEY_ID: 'a',
  LAGOON_TEST_SOURCE_SECRET_ACCESS_KEY: 'b',
  LAGOON_TEST_DESTINATION_ENDPOINT_URL: 'http://two:9000',
  LAGOON_TEST_DESTINATION_ACCESS_KEY_ID: 'c',
  LAGOON_TEST_DESTINATION_SECRET_ACCESS_KEY: 'd',
  LAGOON_TEST_DESTINATION_REGION: 'eu-west-1',
}

test('the environment names both stores, or none', () => {
  expect(environmentStores({})).toBeNull()
  expect(environmentStores(NAMED)).toEqual({
    source: { url: 'http://one:9000', accessKeyId: 'a', secretAccessKey: 'b', region: 'us-east-1' },
    destination: { url: 'http://two:9000', accessKeyId: 'c', secretAccessKey: 'd', region: 'eu-west-1' },
  })
  const { LAGOON_TEST_SOURCE_ACCESS_KEY_ID: _, ...half } = NAMED
  expect(() => environmentStores(half)).toThrow(
    expect.objectContaining({
      code: 'LAGOON_TESTKIT_OPTION_INVALID',
      message: 'LAGOON_TEST_SOURCE_ACCESS_KEY_ID is not set',
    }),
  )
})

test('a Docker engine counts if it responds, wherever DOCKER_HOST points', async () => {
  expect(await dockerEngineResponds({ DOCKER_HOST: `unix://${directory}/none.sock` }, 200)).toBe(false)
  expect(await dockerEngineResponds({ DOCKER_HOST: 'ssh://elsewhere' }, 200)).toBe(false)
  const asked: string[] = []
  const engine = createServer((request, response) => {
    asked.push(request.url ?? '')
    response.end('OK')
  })
  engine.listen(join(directory, 'engine.sock'))
  await once(engine, 'listening')
  expect(await dockerEngineResponds({ DOCKER_HOST: `unix://${directory}/engine.sock` }, 5000)).toBe(true)
  expect(asked).toEqual(['/_ping'])
  engine.close()
})

test('an engine that never responds does not count', async () => {
  const engine = createServer(() => {})
  engine.listen(join(directory, 'mute.sock'))
  await once(engine, 'listening')
  expect(await dockerEngineResponds({ DOCKER_HOST: `unix://${directory}/mute.sock` }, 50)).toBe(false)
  engine.closeAllConnections()
  engine.close()
})

test('only the server counts as MinIO: on the PATH first, then in the cache; without Go there is none', async () => {
  const script = (says: string): string => `#!/bin/sh\necho '${says}'\n`
  const onPath = join(directory, 'minio')
  const env = { PATH: directory, XDG_CACHE_HOME: directory }
  await writeFile(onPath, script('GNU Midnight Commander'), { mode: 0o755 })
  expect(await findGoBinary(MINIO, env)).toBeNull()
  const cached = cachedBinaryPath(MINIO, env)
  expect(cached.startsWith(join(directory, 'lagoon'))).toBe(true)
  await withFileLock(`${cached}.lock`, () => writeFile(cached, script('minio version x'), { mode: 0o755 }))
  expect(await findGoBinary(MINIO, env)).toBe(cached)
  await writeFile(onPath, script('minio version y'), { mode: 0o755 })
  expect(await findGoBinary(MINIO, env)).toBe(onPath)
})

test('a build of MinIO is announced, shows progress, and ends if it hangs', async () => {
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  const go = `#!/bin/sh\n[ "$1" = version ] || { echo github.com/minio/cmd >&2; exec sleep 1000; }\n`
  await writeFile(join(directory, 'go'), go, { mode: 0o755 })
  const env = { PATH: `${directory}:/usr/bin:/bin`, XDG_CACHE_HOME: directory }
  expect(await findGoBinary(MINIO, env, { heartbeatMs: 20, silenceMs: 300 })).toBeNull()
  const lines = said.mock.calls.map(([text]) => String(text))
  said.mockRestore()
  expect(lines[0]).toMatch(/building MinIO with Go into .*LAGOON_BUILD_MINIO=0/)
  expect(lines[1]).toMatch(/still building MinIO: \d packages, 0 s elapsed/)
  expect(lines.at(-1)).toMatch(/could not be built: no progress .* last output: github.com.minio.cmd/)
  expect(await readdir(join(directory, 'lagoon'), { recursive: true })).not.toContain('minio.lock')
})

test('nothing is built if the environment forbids it', async () => {
  await writeFile(join(directory, 'go'), '#!/bin/sh\ntouch "$0.asked"\n', { mode: 0o755 })
  const env = { PATH: `${directory}:/usr/bin:/bin`, XDG_CACHE_HOME: directory, LAGOON_BUILD_MINIO: '0' }
  expect(await findGoBinary(MINIO, env)).toBeNull()
  expect(await readdir(directory)).toEqual(['go'])
})

test('a lock admits one process at a time and tells the others which one', async () => {
  const path = join(directory, 'deep', 'lock')
  const waits: (number | null)[] = []
  let inside = 0
  let most = 0
  const turn = async (): Promise<void> => {
    inside += 1
    most = Math.max(most, inside)
    await readFile(path)
    inside -= 1
  }
  await Promise.all(
    [1, 2, 3].map(() => withFileLock(path, turn, { pollMs: 1, onWait: (pid) => void waits.push(pid) })),
  )
  expect(most).toBe(1)
  expect(waits.length).toBeGreaterThan(0)
})

test('the lock of a process that has ended is taken over', async () => {
  const path = join(directory, 'lock')
  const gone = spawn(process.execPath, ['-e', ''])
  await once(gone, 'exit')
  await writeFile(path, String(gone.pid))
  expect(await withFileLock(path, async () => 'mine')).toBe('mine')
})

test('a lock that is never released is an error that names its holder', async () => {
  const path = join(directory, 'lock')
  await writeFile(path, String(process.pid))
  await expect(withFileLock(path, async () => {}, { timeoutMs: 0, pollMs: 1 })).rejects.toMatchObject({
    code: 'LAGOON_TESTKIT_LOCK_TIMEOUT',
    message: expect.stringContaining(String(process.pid)),
  })
})
