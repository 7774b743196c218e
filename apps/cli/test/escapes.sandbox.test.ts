import { expect, test } from 'vitest'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sandboxJob } from './support/sandbox-job.js'

const title = '\u001b]0;owned\u0007'
const clear = '\u001b[2J'

test('no command sends an escape sequence of a key, a manifest, a bucket or a file to the terminal', async () => {
  const job = await sandboxJob()
  const keys = [`data/${title}`, `data/${clear}`, `data/gone${title}`]
  await job.putObjects(keys.slice(0, 2))
  await job.putKeys(`manifest/${title}.parquet`, keys)
  await job.source.store.put('lake', `manifest/torn${clear}.parquet`, 'torn')
  const commands = [
    ['sync', '--log-level', 'DEBUG', '--log-format', 'text'],
    ['sync', '--log-level', 'DEBUG'],
    ['sync', '--json'],
    ['status'],
    ['failures'],
    ['verify', '--log-format', 'text'],
    ['manifest', 'inspect', '--every-row'],
    ['manifest', 'inspect', `manifest/${title}.parquet`],
    ['plan'],
    ['doctor'],
    ['state', 'forget', `data/${title}`],
    ['config', 'show', '--manifest-prefix', title, '--log-file', `${clear}.log`],
    ['status', '--data-dir', title],
    ['sync', '--profile', title],
    [title],
    [`--${title}`],
    ['--report', `${title}.jsonl.x`],
  ]
  let shown = ''
  for (const args of commands) {
    const { stdout, stderr } = await job.run(args)
    expect(stdout + stderr).not.toContain('\u001b')
    expect(stdout + stderr).not.toContain('\u0007')
    shown += stdout + stderr
  }
  writeFileSync(join(job.directory, 'lagoon.config.yaml'), 'profiles: { "\\e[2J": {} }')
  expect((await job.run(['status'])).stderr).toContain('\\x1b[2J')
  expect(shown).toContain('\\x1b]0;owned\\x07')
  expect(shown).toContain('torn\\x1b[2J')
})
