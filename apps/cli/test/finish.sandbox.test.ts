import { once } from 'node:events'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { expectExit } from './support/expect-exit.js'
import { runCli } from './support/run-cli.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'

async function jobOf(keys: readonly string[]): Promise<SandboxJob> {
  const job = await sandboxJob()
  await job.putObjects(keys)
  await job.putKeys('manifest/1.parquet', keys)
  return job
}

test('--on-finish gets the summary with exit code and reason on its standard input, without secrets', async () => {
  const job = await jobOf(['a'])
  const result = await job.run(['--on-finish', 'cat > told.json; env > env.txt; echo noise'])
  expectExit(result, 0)
  expect(result.stdout).not.toContain('noise')
  const told = JSON.parse(readFileSync(join(job.directory, 'told.json'), 'utf8')) as object
  expect(told).toMatchObject({ completed: 1, exitCode: 0, reason: 'finished' })
  const environment = readFileSync(join(job.directory, 'env.txt'), 'utf8')
  expect(environment).toContain('LAGOON_SOURCE_BUCKET=')
  expect(environment).not.toContain('SECRET_ACCESS_KEY')
})

test('a failing command and a webhook without response change no exit code and are logged', async () => {
  const job = await jobOf(['a'])
  const result = await job.run(['--on-finish', 'exit 7', '--webhook', 'http://127.0.0.1:9/token'])
  expectExit(result, 0)
  expect(result.stderr).toContain('--on-finish: ended with exit code 7')
  expect(result.stderr).toContain('--webhook: ')
  expect(result.stderr).not.toContain('token')
})

test('--webhook gets the summary of a failed run, too', async () => {
  const job = await jobOf(['a'])
  await job.putKeys('manifest/2.parquet', ['not there'])
  const server = createServer()
  server.listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const body = new Promise<string>((resolve) => {
    server.once('request', async (request, response) => {
      resolve(await text(request))
      response.end()
    })
  })
  expectExit(await job.run(['--webhook', `http://127.0.0.1:${port}/x`]), 3)
  expect(JSON.parse(await body)).toMatchObject({ failed: 1, missing: 1, exitCode: 3, reason: 'failures' })
})

test('a program to run at the end is accepted on the command line only', async () => {
  const job = await jobOf(['a'])
  writeFileSync(join(job.directory, '.env'), 'LAGOON_ON_FINISH=touch planted\n')
  expectExit(await job.run([]), 0)
  expect(() => readFileSync(join(job.directory, 'planted'))).toThrow('ENOENT')
})

test('nothing to copy is reported, and --require-work makes it 3', async () => {
  const job = await jobOf(['a'])
  const filtered = await job.run(['--filter-prefix', 'nothing/'])
  expectExit(filtered, 0)
  expect(filtered.stdout).toContain('Nothing was found')
  const required = await job.run(['--json', '--filter-prefix', 'nothing/', '--require-work'])
  expectExit(required, 3)
  expect(required.events().at(-1)).toMatchObject({ exitCode: 3, reason: 'failures', completed: 0 })
  expectExit(await job.run(['--require-work', '--data-dir', 'other']), 0)
  expectExit(await job.run(['--require-work', '--data-dir', 'other']), 0)
})

test('lagoon runs lists past runs with outcome and rates', async () => {
  const job = await jobOf(['a', 'b'])
  await job.run([])
  await job.putKeys('manifest/2.parquet', ['not there'])
  await job.run([])
  const { stdout } = await job.run(['runs'])
  expect(stdout).toMatch(/^run +started \(UTC\) +took +outcome +copied +failed/)
  expect(stdout).toMatch(/^1 .* finished +2 +0 /m)
  expect(stdout).toMatch(/^2 .* failures +0 +1 /m)
  const listed = await job.run(['runs', '--json'])
  expect(listed.timedEvents()).toMatchObject([
    { type: 'run', run: 1, outcome: 'finished' },
    { type: 'run', run: 2, outcome: 'failures' },
    { type: 'runs', runs: 2 },
  ])
  expect((await job.run(['runs', '--data-dir', 'nowhere'])).stdout).toBe('No run has used nowhere yet.\n')
})

test("the user's configuration ranks below that of the working directory", async () => {
  const job = await sandboxJob()
  const home = join(job.directory, 'home')
  mkdirSync(join(home, '.config/lagoon'), { recursive: true })
  writeFileSync(join(home, '.config/lagoon/config.yaml'), 'maxAttempts: 9\n')
  const show = async () => {
    const { stdout } = await runCli({
      args: ['config', 'show'],
      cwd: job.directory,
      env: { ...job.env, HOME: home },
    })
    return /^  maxAttempts .*$/m.exec(stdout)?.[0]
  }
  expect(await show()).toMatch(/ 9 .*config\.yaml:1/)
  writeFileSync(join(job.directory, 'lagoon.config.yaml'), 'maxAttempts: 3\n')
  expect(await show()).toMatch(/ 3 .*lagoon\.config\.yaml:1/)
})
