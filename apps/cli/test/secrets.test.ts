import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sandboxJob } from './support/sandbox-job.js'

const secrets = ['s0urce-s3cret-0f-the-test', 'd3stination-s3cret-0f-the-test']

test('after a run full of faults no secret is in any output, file, state, or the command line of the process', async () => {
  const job = await sandboxJob({
    source: { credentials: { accessKeyId: 'reader', secretAccessKey: secrets[0]! } },
    destination: { credentials: { accessKeyId: 'writer', secretAccessKey: secrets[1]! } },
  })
  const keys = Array.from({ length: 12 }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putManifest(
    'manifest/m.parquet',
    [...keys, 'data/gone'].map((uri) => ({ uri })),
  )
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

function readCommandLine(pid: number): string {
  return process.platform === 'linux' ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : ''
}
