// @ts-check
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const MAX_MS = 600_000

/**
 * Runs the contract suite, which the sandbox and MinIO pass, against a store.
 *
 * @param {import('./cli.js').StoreEndpoint} endpoint
 * @returns {Promise<{ passed: number, total: number, failures: { topic: string, test: string, reason: string }[] }>}
 */
export async function tryContract(endpoint) {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-contract-'))
  const report = join(directory, 'report.json')
  const named = ['SOURCE', 'DESTINATION'].flatMap((side) => [
    [`LAGOON_TEST_${side}_ENDPOINT_URL`, endpoint.url],
    [`LAGOON_TEST_${side}_ACCESS_KEY_ID`, endpoint.accessKeyId],
    [`LAGOON_TEST_${side}_SECRET_ACCESS_KEY`, endpoint.secretAccessKey],
    [`LAGOON_TEST_${side}_REGION`, endpoint.region],
  ])
  const args = ['run', '--project', 'store', 'packages/testkit/test/contract', '-t', 'on a real store']
  try {
    await new Promise((resolve, reject) => {
      const child = spawn(
        join(ROOT, 'node_modules/.bin/vitest'),
        [...args, '--reporter=json', `--outputFile.json=${report}`],
        {
          cwd: ROOT,
          env: { ...process.env, ...Object.fromEntries(named) },
          stdio: 'ignore',
          timeout: MAX_MS,
        },
      )
      child.on('error', reject)
      child.on('close', resolve)
    })
    return readResults(JSON.parse(await readFile(report, 'utf8')))
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/**
 * @param {{ testResults: { assertionResults: { status: string, title: string, ancestorTitles: string[],
 *   failureMessages: string[] }[] }[] }} report
 */
function readResults({ testResults }) {
  const run = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(
      ({ status, ancestorTitles }) =>
        status !== 'skipped' && status !== 'pending' && ancestorTitles[0]?.endsWith('on a real store'),
    )
  const failures = run
    .filter(({ status }) => status === 'failed')
    .map(({ title, ancestorTitles, failureMessages }) => ({
      topic: String(ancestorTitles[0]).replace(/ on a real store$/, ''),
      test: title,
      reason: String(failureMessages[0] ?? '').split('\n')[0] ?? '',
    }))
  return { passed: run.length - failures.length, total: run.length, failures }
}
