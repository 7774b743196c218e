import { startSandbox, type Sandbox } from '../../packages/s3-sandbox/dist/index.js'
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const project = mkdtempSync(join(tmpdir(), 'lagoon-readme-'))
const run = promisify(execFile)

/** What each example prints, in the words of its README where that says so. */
const EXPECTED: Record<string, RegExp> = {
  aimd: /action: 'increase'/,
  jobs: /^10000 of 10000 rows$/m,
  manifest: /2 rows, 3000 bytes/,
  's3-sandbox': /^meow .*'200': 1.*'503': 1/,
  'state-lmdb': /complete: 2, failed: 0, manifestsFinished: 1/,
  sync: /^2 copied, 0 failed/,
  transfer: /ok: true,[^]*verification: 'etag',[^]*attempts: 1/,
}
const names = Object.keys(EXPECTED)

interface Example {
  readonly language: string
  readonly code: string
}

/** The first example of a package's README, as it stands there. */
function exampleOf(name: string): Example {
  const readme = readFileSync(join(root, 'packages', name, 'README.md'), 'utf8')
  const [, language = '', code = ''] = /^```(js|ts)\n([^]*?)^```/m.exec(readme) ?? []
  return { language, code }
}

function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true })
  symlinkSync(target, path)
}

let source: Sandbox
let destination: Sandbox

beforeAll(async () => {
  const modules = join(project, 'node_modules')
  for (const name of names) link(join(root, 'packages', name), join(modules, '@lagoon', name))
  link(join(root, 'packages/s3-sandbox/node_modules/@aws-sdk/client-s3'), join(modules, '@aws-sdk/client-s3'))
  link(join(root, 'node_modules/@types/node'), join(modules, '@types/node'))
  writeFileSync(join(project, 'package.json'), '{"type":"module"}')
  source = await startSandbox({ buckets: ['lake'] })
  destination = await startSandbox({ buckets: ['lake', 'lake-copy'] })
  for (const key of ['a/b.parquet', 'a/c.parquet']) await source.store.put('lake', key, `object ${key}`)
  await source.store.put('lake', 'manifest/keys.parquet', await manifestOf(['a/b.parquet', 'a/c.parquet']))
  for (const name of names) {
    const { language, code } = exampleOf(name)
    mkdirSync(join(project, name))
    writeFileSync(join(project, name, `example.${language}`), code)
  }
})

afterAll(async () => {
  await source.close()
  await destination.close()
  rmSync(project, { recursive: true, force: true })
})

async function manifestOf(keys: readonly string[]): Promise<Uint8Array> {
  const { createManifestWriter } = await import('../../packages/manifest/dist/index.js')
  const writer = await createManifestWriter({ directory: join(project, 'manifests') })
  for (const key of keys) writer.write({ key })
  const [written] = await writer.close()
  return readFileSync(written!.path)
}

test.each([
  ['JavaScript', 'js', { allowJs: true, checkJs: true, strict: false }],
  ['TypeScript', 'ts', { strict: true, exactOptionalPropertyTypes: true }],
])('the examples in %s use the packages as their types allow', async (_name, extension, strictness) => {
  const config = join(project, `tsconfig.${extension}.json`)
  const compilerOptions = {
    noEmit: true,
    target: 'es2024',
    module: 'nodenext',
    types: ['node'],
    skipLibCheck: true,
    ...strictness,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions, include: [`*/example.${extension}`] }))
  const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), ['-p', config]).catch(
    (error: { stdout: string }) => error,
  )
  expect(stdout).toBe('')
})

test.each(names)('the first example in the README of @lagoon/%s runs as shown', async (name) => {
  const { language, code } = exampleOf(name)
  // Stores stand at other addresses here than on the reader's machine; nothing else differs.
  const adapted = code
    .replace(/http:\/\/(localhost|127\.0\.0\.1):9000/, source.url)
    .replace(/http:\/\/(localhost|127\.0\.0\.1):9001/, destination.url)
  const { accessKeyId, secretAccessKey } = source.credentials!
  const program = join(project, name, `run.${language}`)
  writeFileSync(program, adapted)
  const { stdout, stderr } = await run(process.execPath, [program], {
    cwd: join(project, name),
    env: { ...process.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
  })
  expect(stderr).toBe('')
  expect(stdout).toMatch(EXPECTED[name]!)
})
