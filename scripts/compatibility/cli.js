// @ts-check
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const LAGOON = fileURLToPath(new URL('../../apps/cli/bin/lagoon.js', import.meta.url))
const MAX_MS = 300_000

/** @typedef {import('../../packages/testkit/dist/index.js').StoreEndpoint} StoreEndpoint */
/** @typedef {{ endpoint: StoreEndpoint, bucket: string }} Side */
/** @typedef {{ source: Side, destination: Side, cwd: string }} Between */
/** @typedef {{ exitCode: number | null, stdout: string, stderr: string }} Finished */

/**
 * Runs the CLI of the working tree between two sides, with nothing of this environment but the path.
 *
 * @param {readonly string[]} args
 * @param {Between} between
 */
export function lagoon(args, between) {
  return startLagoon(args, between).done
}

/**
 * Starts the CLI as `lagoon` does, to be killed or waited for.
 *
 * @param {readonly string[]} args
 * @param {Between} between
 * @returns {{ child: import('node:child_process').ChildProcess, done: Promise<Finished> }}
 */
export function startLagoon(args, { source, destination, cwd }) {
  const env = {
    PATH: process.env['PATH'],
    HOME: cwd,
    ...sideVariables('SOURCE', source),
    ...sideVariables('DESTINATION', destination),
  }
  const child = spawn(process.execPath, [LAGOON, ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MAX_MS,
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += String(chunk)))
  child.stderr.on('data', (chunk) => (stderr += String(chunk)))
  /** @type {Promise<Finished>} */
  const done = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }))
  })
  return { child, done }
}

/**
 * @param {'SOURCE' | 'DESTINATION'} name
 * @param {Side} side
 */
function sideVariables(name, { endpoint, bucket }) {
  return {
    [`LAGOON_${name}_ENDPOINT_URL`]: endpoint.url,
    [`LAGOON_${name}_ACCESS_KEY_ID`]: endpoint.accessKeyId,
    [`LAGOON_${name}_SECRET_ACCESS_KEY`]: endpoint.secretAccessKey,
    [`LAGOON_${name}_REGION`]: endpoint.region,
    [`LAGOON_${name}_BUCKET`]: bucket,
  }
}
