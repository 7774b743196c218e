import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { startWithMetrics } from './support/start-with-metrics.js'

/** Of the customer's own (SSE-C), with which the copies are encrypted. */
const customerKey = Buffer.from('a customers key of 32 bytes: hush').subarray(0, 32).toString('base64')
const secrets = ['s0urce-s3cret-0f-the-test', 'd3stination-s3cret-0f-the-test', customerKey]

/** Two stores that only let those in who know the first two secrets; copies are encrypted with the third. */
function secretJob(): Promise<SandboxJob> {
  return sandboxJob({
    source: { credentials: { accessKeyId: 'reader', secretAccessKey: secrets[0]! } },
    destination: { credentials: { accessKeyId: 'writer', secretAccessKey: secrets[1]! } },
    env: { LAGOON_DESTINATION_SSE_C_KEY: customerKey },
  })
}

test('after a run full of faults no secret is in any output, file, state, or command line', async () => {
  const job = await secretJob()
  const keys = Array.from({ length: 12 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/m.parquet', [...keys, 'data/gone'])
  await job.source.store.put('lake', 'manifest/torn.parquet', 'torn')
  const fault = (key: string, action: Parameters<typeof job.source.faults.add>[0]['action']) => ({
    operation: 'GetObject' as const,
    key,
    action,
  })
  job.source.faults.add(fault('data/1', { type: 'error', code: 'AccessDenied' }))
  job.source.faults.add(fault('data/2', { type: 'reset-response', atByte: 'headers' }))
  job.source.faults.add(fault('data/3', { type: 'html' }))
  job.source.faults.add(fault('data/4', { type: 'truncate', atByte: 2 }))
  job.source.faults.add(fault('data/5', { type: 'error', code: 'InternalError' }))
  let commandLine = ''
  const args = ['--log-level', 'DEBUG', '--max-attempts', '1', '--log-file', 'run.log']
  const result = await job.run([...args, '--json', '--report', 'run.jsonl'], {
    onEvent(event, child) {
      if (event.type === 'start') commandLine = readCommandLine(child.pid!)
    },
  })
  expect(result.code).toBe(3)
  const human = await job.run([...args, '--report', 'again.parquet'])
  expect(human.code).toBe(3)
  const refused = await job.run(args, { env: { LAGOON_SOURCE_SECRET_ACCESS_KEY: secrets[1]! } })
  expect(refused.code).toBe(2)

  const texts = [result, human, refused].flatMap(({ stdout, stderr }) => [stdout, stderr])
  const { LAGOON_DATA_DIR: dataDir } = job.env
  const files = [
    ...readdirSync(dataDir!).map((name) => join(dataDir!, name)),
    ...['run.log', 'again.parquet'].map((name) => join(job.directory, name)),
  ].map((path) => readFileSync(path, 'latin1'))
  for (const secret of secrets) {
    for (const text of [...texts, commandLine]) expect(text).not.toContain(secret)
    for (const file of files) expect(file.includes(secret)).toBe(false)
  }
})

test('no command shows a secret, with valid keys, invalid keys, and keys named in a file', async () => {
  const job = await secretJob()
  await job.putObjects(['data/0'])
  await job.putKeys('manifest/m.parquet', ['data/0', 'data/gone'])
  writeFileSync(
    join(job.directory, 'lagoon.config.yaml'),
    'profiles: { prod: { source: { accessKeyIdEnv: OUR_ID, secretAccessKeyEnv: OUR_SECRET } } }',
  )
  // Of the file count only keys that the environment has none of.
  const inFile = {
    LAGOON_SOURCE_ACCESS_KEY_ID: undefined,
    LAGOON_SOURCE_SECRET_ACCESS_KEY: undefined,
    LAGOON_PROFILE: 'prod',
    OUR_ID: 'reader',
    OUR_SECRET: secrets[0]!,
  }
  const texts: string[] = []
  const run = async (command: string, args: string[], env: Record<string, string | undefined>) => {
    const { stdout, stderr } = await job.run([...command.split(' '), '--log-level', 'DEBUG', ...args], {
      env,
    })
    texts.push(stdout, stderr)
  }
  const asking = [
    'config show',
    'doctor',
    'status',
    'failures',
    'plan',
    'verify',
    'cleanup',
    'manifest inspect',
  ]
  for (const command of ['sync', ...asking]) {
    await run(command, ['--json'], inFile)
    await run(command, ['--json'], { LAGOON_SOURCE_SECRET_ACCESS_KEY: secrets[1]! })
  }
  for (const command of ['sync', 'config show', 'doctor'])
    await run(command, [], { ...inFile, OUR_SECRET: secrets[1]! })
  expect(texts.join('')).toContain('OUR_SECRET (lagoon.config.yaml:1: ')
  for (const secret of secrets) for (const text of texts) expect(text).not.toContain(secret)
})

test('during a run no secret is in its metrics, live page, title or responses to lagoon ctl', async () => {
  const job = await secretJob()
  await job.putObjects(['data/0'])
  await job.putKeys('manifest/m.parquet', ['data/0', 'data/gone'])
  const hold = job.source.hold({ operation: 'GetObject', key: 'data/0' })
  const { child, url, done } = await startWithMetrics(job)
  const pages = ['/', '/metrics', '/live.json', '/healthz'].map(async (path) =>
    (await fetch(url + path)).text(),
  )
  const control = await job.run(['ctl', 'status', '--json'])
  const texts = [...(await Promise.all(pages)), control.stdout, control.stderr, readCommandLine(child.pid!)]
  hold.release()
  await done
  expect(texts[1]).toContain('lagoon_objects_total')
  expect(control.code).toBe(0)
  for (const secret of secrets) for (const text of texts) expect(text).not.toContain(secret)
})

function readCommandLine(pid: number): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
}
