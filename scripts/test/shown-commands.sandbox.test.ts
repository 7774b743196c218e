import { execFile } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandNames } from '../../apps/cli/src/command-specs/commands.js'
import { parseArguments } from '../../apps/cli/src/command-line/parse-arguments.js'
import { createManifestWriter } from '../../packages/manifest/dist/index.js'
import { startSandbox, type Sandbox } from '../../packages/s3-sandbox/dist/index.js'
import { inlineCommandsOf, pagesOf, shellBlocksOf } from './shell-blocks.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'lagoon-shown-'))
const run = promisify(execFile)
const pages = pagesOf(root)
/** The blocks that are shown, each once, by the first place that shows it. */
const blocks = [
  ...Map.groupBy(
    pages.flatMap((file) => shellBlocksOf(root, file)),
    ({ script, notRun }) => `${notRun === undefined} ${script}`,
  ).values(),
].map(([first]) => first!)

let source: Sandbox
let destination: Sandbox

const sideOf = (side: string, { url, credentials }: Sandbox) => ({
  [`LAGOON_${side}_ENDPOINT_URL`]: url,
  [`LAGOON_${side}_ACCESS_KEY_ID`]: credentials.accessKeyId,
  [`LAGOON_${side}_SECRET_ACCESS_KEY`]: credentials.secretAccessKey,
  [`LAGOON_${side}_BUCKET`]: 'lake',
})

const environment = () => ({
  ...sideOf('SOURCE', source),
  ...sideOf('DESTINATION', destination),
  PATH: `${join(root, 'scripts/test/shell')}:${process.env['PATH']}`,
  LAGOON_REPOSITORY: root,
  LAGOON_HELP_DIRECTORY: directory,
})

beforeAll(async () => {
  source = await startSandbox({ buckets: ['lake'] })
  destination = await startSandbox({ buckets: ['lake', 'copy'] })
  for (const key of ['data/a', 'data/b', 'photos/c']) await source.store.put('lake', key, key)
  const writer = await createManifestWriter({ directory })
  for (const key of ['data/a', 'data/b']) await writer.write({ key })
  const [manifest] = await writer.close()
  await source.store.put('lake', 'manifest/m.parquet', readFileSync(manifest!.path))
  copyFileSync(join(root, '.env.example'), join(directory, '.env.example'))
})

afterAll(async () => {
  await source.close()
  await destination.close()
  rmSync(directory, { recursive: true, force: true })
})

/** A held run, for commands that change one. */
async function besideARun(commands: () => Promise<void>): Promise<void> {
  await source.store.put('lake', 'data/held', 'held')
  const hold = source.hold({ operation: 'GetObject', key: 'data/held' })
  const list = join(directory, 'held.csv')
  writeFileSync(list, 'key\ndata/held\n')
  const running = run('lagoon', ['--manifest', list, '--json'], { cwd: directory, env: environment() })
  await hold.arrived(1)
  try {
    await commands()
  } finally {
    hold.release()
    await running
  }
}

test.each(blocks.map((block) => [`${block.file}:${block.line}`, block] as const))(
  'what %s shows can be typed',
  async (_, { script, notRun }) => {
    // Stores that a page names make another job than those of the environment: it has a data directory of its own.
    const cwd = script.includes(' s3://') ? mkdtempSync(join(directory, 'job-')) : directory
    const options = { cwd, env: environment() }
    const type = async () => {
      // Without `-n` a shell runs them, each must end well; with it, it only reads them.
      const flags = notRun === undefined ? '-e' : '-n'
      await expect(run('sh', [flags, '-c', script], options)).resolves.toHaveProperty('stdout')
    }
    if (/^lagoon ctl/m.test(script) && notRun === undefined) await besideARun(type)
    else await type()
  },
)

function complaintAbout(words: readonly string[]): string {
  try {
    parseArguments(words)
    return ''
  } catch (error) {
    return (error as Error).message
  }
}

test.each(pages)('commands in the text of %s exist, with their flags', (page) => {
  for (const words of inlineCommandsOf(root, page)) {
    const text = words.join(' ')
    if (commandNames.some((name) => name.startsWith(`${text} `))) continue
    // Text may name a flag without saying what it is given, or a command without what it is for.
    expect(complaintAbout(words), `lagoon ${text}`).toMatch(/^$|needs a value$|needs more arguments|takes/)
  }
})
