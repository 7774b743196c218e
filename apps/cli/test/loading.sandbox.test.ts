import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { runCli } from './support/run-cli.js'
import { sandboxJob } from './support/sandbox-job.js'
import { temporaryDirectory } from './support/temporary-directory.js'

/** Names every module that is loaded on stderr. */
const tell = `import { registerHooks } from 'node:module'
registerHooks({
  load(url, context, next) {
    process.stderr.write('loaded ' + url + '\\n')
    return next(url, context)
  },
})`

/** What reads configuration files, and what copies. */
const readers = /node_modules\/(?:zod|yaml)\//
const machinery = /node_modules\/(?:undici|@aws-sdk|pg)\/|packages\/(?:sync|manifest)\/dist/

async function loadedBy(args: readonly string[], file?: string): Promise<string> {
  const cwd = temporaryDirectory()
  const script = join(cwd, 'tell.mjs')
  writeFileSync(script, tell)
  if (file !== undefined) writeFileSync(join(cwd, 'lagoon.config.yaml'), file)
  const { stderr } = await runCli({ args, cwd, execArgv: ['--import', pathToFileURL(script).href] })
  return stderr
}

test.each([
  [['--version']],
  [['--help']],
  [['status']],
  [['config', 'show']],
  [['--max-attempts', 'many']],
  [['completion', 'bash']],
])('%j loads no copying code, and no configuration parser without a file', async (args) => {
  const loaded = await loadedBy(args)
  expect(loaded).toContain('loaded ')
  expect(loaded).not.toMatch(machinery)
  expect(loaded).not.toMatch(readers)
})

test('a configuration file is read if there is one, but not for --help', async () => {
  expect(await loadedBy(['status'], 'maxAttempts: 3')).toMatch(readers)
  expect(await loadedBy(['--help'], 'maxAttempts: 3')).not.toMatch(readers)
})

test('a run on one machine loads no queue code', async () => {
  const job = await sandboxJob()
  await job.putObjects(['a'])
  await job.putKeys('manifest/1.parquet', ['a'])
  const script = join(job.directory, 'tell.mjs')
  writeFileSync(script, tell)
  const { code, stderr } = await runCli({
    env: job.env,
    cwd: job.directory,
    execArgv: ['--import', pathToFileURL(script).href],
  })
  expect(code).toBe(0)
  expect(stderr).toMatch(machinery)
  expect(stderr).not.toMatch(/@nats-io|packages\/jobs\/dist|sync\/dist\/work/)
})
