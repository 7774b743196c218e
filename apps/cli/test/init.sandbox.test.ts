import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import { expect, test } from 'vitest'
import { runInProcess } from './support/run-in-process.js'
import { sandboxJob, type SandboxJob } from './support/sandbox-job.js'
import { startInTerminal } from './support/terminal.js'

/** A flag for every answer; the secrets are in files, or in variables. */
function answersOf({ source, destination, directory }: SandboxJob): string[] {
  return (['source', 'destination'] as const).flatMap((side) => {
    const { url, credentials } = side === 'source' ? source : destination
    const secret = join(directory, `${side}-secret`)
    writeFileSync(secret, `${credentials.secretAccessKey}\n`)
    const answers = {
      provider: 'other',
      'endpoint-url': url,
      bucket: side === 'source' ? 'lake' : 'copy',
      'access-key-id': credentials.accessKeyId,
      'secret-file': secret,
    }
    return Object.entries(answers).flatMap(([name, value]) => [`--${side}-${name}`, value])
  })
}

test('both stores are tested and written to a private file, and the next command uses it', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a', 'b'])
  const file = join(job.directory, '.env')
  const answer = await runInProcess(['init', ...answersOf(job), '--file', file, '--create-manifests'])
  expect(answer).toMatchObject({ exitCode: 0, data: { type: 'init', file, checks: { failed: 0 } } })
  expect(statSync(file).mode & 0o777).toBe(0o600)
  expect(answer.text).not.toContain(job.source.credentials.secretAccessKey)
  const copied = await runInProcess(
    ['--data-dir', join(job.directory, 'state')],
    parseEnv(readFileSync(file, 'utf8')),
  )
  expect(copied.data).toMatchObject({ completed: 2, failed: 0 })
})

test('a store that refuses the keys keeps the file from being written', async () => {
  const job = await sandboxJob()
  const file = join(job.directory, '.env')
  const wrong = [...answersOf(job), '--source-access-key-id', 'AKIAWRONG', '--file', file]
  const answer = await runInProcess(['init', ...wrong])
  expect(answer.exitCode).toBe(2)
  expect(answer.text).toContain('Nothing was written')
  expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
})

test('a file that exists is replaced only on request, and its other lines stay', async () => {
  const job = await sandboxJob()
  const file = join(job.directory, '.env')
  writeFileSync(file, '# mine\nLAGOON_SOURCE_BUCKET=old\nLAGOON_DATA_DIR=state\n')
  const args = ['init', ...answersOf(job), '--file', file, '--skip-checks']
  await expect(runInProcess(args)).rejects.toMatchObject({ code: 'LAGOON_CLI_FILE' })
  expect(readFileSync(file, 'utf8')).toContain('LAGOON_SOURCE_BUCKET=old')
  expect((await runInProcess([...args, '--replace'])).exitCode).toBe(0)
  const text = readFileSync(file, 'utf8')
  expect(text).toMatch(/^# mine\nLAGOON_DATA_DIR=state\n/)
  expect(parseEnv(text)).toMatchObject({ LAGOON_SOURCE_BUCKET: 'lake', LAGOON_DATA_DIR: 'state' })
})

test('a configuration file names the variables of the secrets and contains none', async () => {
  const job = await sandboxJob()
  const file = join(job.directory, 'lagoon.config.yaml')
  await runInProcess(['init', ...answersOf(job), '--file', file, '--format', 'yaml'])
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('secretAccessKeyEnv: LAGOON_SOURCE_SECRET_ACCESS_KEY')
  expect(text).not.toContain(job.source.credentials.secretAccessKey)
})

test('without a terminal the flag of a missing answer is named', async () => {
  const job = await sandboxJob()
  const file = join(job.directory, '.env')
  await expect(runInProcess(['init', '--source-bucket', 'lake', '--file', file])).rejects.toMatchObject({
    code: 'LAGOON_CLI_MISSING_SETTING',
    hint: expect.stringContaining('--destination-bucket') as string,
  })
})

test('in a terminal missing answers are prompted for, and a secret is not shown', async () => {
  const job = await sandboxJob()
  const { accessKeyId, secretAccessKey } = job.destination.credentials
  const given = answersOf(job)
  const flags = given.filter((_, i) => i < given.indexOf('--destination-provider'))
  const terminal = startInTerminal({ args: ['init', ...flags], env: {}, cwd: job.directory })
  await terminal.shows('Where is the destination?')
  terminal.type('\u001b[A\r')
  await terminal.shows('Endpoint URL of the destination')
  terminal.type(`${job.destination.url}\r`)
  await terminal.shows('Bucket of the destination')
  terminal.type('copy\r')
  await terminal.shows('Credentials of the destination')
  terminal.type('\r')
  await terminal.shows('Access key id of the destination')
  terminal.type(`${accessKeyId}\r`)
  await terminal.shows('Secret access key of the destination')
  terminal.type(`${secretAccessKey}\r`)
  await terminal.shows('List the source into manifests now?')
  terminal.type('n')
  expect(await terminal.exited).toBe(0)
  expect(terminal.raw()).not.toContain(secretAccessKey)
  const written = parseEnv(readFileSync(join(job.directory, '.env'), 'utf8'))
  expect(written).toMatchObject({
    LAGOON_DESTINATION_BUCKET: 'copy',
    LAGOON_DESTINATION_SECRET_ACCESS_KEY: secretAccessKey,
  })
})
