import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { s3Request, endpointOf, freePort, provideMinio, storePair } from '../src/index.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lagoon-testkit-test-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

describe.skipIf(storePair().kind !== 'minio')('a private MinIO', () => {
  test('has the given port, credentials and data directory, and leaves the data there', async () => {
    const port = await freePort()
    const credentials = { accessKeyId: 'somebody', secretAccessKey: 'some-secret' }
    const first = await provideMinio({ directory, port, credentials })
    expect([first.url, first.credentials]).toEqual([`http://127.0.0.1:${port}`, credentials])
    expect(first.pid).toBeGreaterThan(0)
    await s3Request(endpointOf(first), { method: 'PUT', bucket: 'kept' })
    await s3Request(endpointOf(first), { method: 'PUT', bucket: 'kept', key: 'k', body: 'still here' })
    await first.stop()
    expect(() => process.kill(first.pid!, 0)).toThrow()

    const second = await provideMinio({ directory, port, credentials })
    expect((await s3Request(endpointOf(second), { bucket: 'kept', key: 'k' })).body.toString()).toBe(
      'still here',
    )
    await second.stop()
    expect(existsSync(join(directory, 'data'))).toBe(true)
  })

  test('does not mistake another server on its port for itself', async () => {
    const port = Number(new URL(storePair().source.url).port)
    await expect(provideMinio({ directory, port })).rejects.toMatchObject({
      code: 'LAGOON_TESTKIT_MINIO_FAILED',
      message: expect.stringContaining(`port ${port} is taken`),
    })
  })

  test('ends with the process that started it, even if that process is killed', async () => {
    const program = `
      const { provideMinio } = await import(${JSON.stringify(new URL('../dist/index.js', import.meta.url))})
      console.log((await provideMinio({ via: 'process' })).pid)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, TMPDIR: directory },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = (await once(owner.stdout, 'data')) as [Buffer]
    const pid = Number(said.toString())
    expect(readdirSync(directory)).toHaveLength(1)
    owner.kill('SIGKILL')
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'), { timeout: 30_000 })
    await vi.waitFor(() => expect(readdirSync(directory)).toEqual([]), { timeout: 30_000 })
  })

  test('that cannot start reports its own error', async () => {
    const credentials = { accessKeyId: 'x', secretAccessKey: 'short' }
    await expect(provideMinio({ directory, credentials })).rejects.toMatchObject({
      code: 'LAGOON_TESTKIT_MINIO_FAILED',
      message: expect.stringMatching(/ended before it was ready: .*credentials/i),
    })
  })
})
