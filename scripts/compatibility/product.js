// @ts-check
import { mkdtemp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startSandbox } from '../../packages/s3-sandbox/dist/index.js'
import { s3Request, endpointOf, uniqueBucket } from '../../packages/testkit/dist/index.js'
import { lagoon } from './cli.js'
import { trialObjects } from './objects.js'
import { putInParts } from './put-in-parts.js'

const MANY = 1_200

/**
 * @typedef {import('./cli.js').Side} Side
 * @typedef {import('./cli.js').StoreEndpoint} StoreEndpoint
 * @typedef {import('./objects.js').TrialObject} TrialObject
 * @typedef {{ id: string, title: string, result: string, detail?: string }} Row a result is `yes`, or what is wrong in a few words
 */

/**
 * Runs the product against a store: out of a sandbox into it, within it, out of it again, and what belongs to that.
 *
 * @param {StoreEndpoint} endpoint
 * @param {readonly string[]} given two buckets that exist and are empty; none creates them
 * @returns {Promise<{ setUp: string[], rows: Row[] }>}
 */
export async function tryProduct(endpoint, given) {
  const cwd = await mkdtemp(join(tmpdir(), 'lagoon-compatibility-'))
  await using sandbox = await startSandbox({ buckets: ['from', 'to'] })
  const [bucket = uniqueBucket('lagoon-trial'), second = uniqueBucket('lagoon-trial')] = given
  const from = { endpoint: endpointOf(sandbox), bucket: 'from' }
  const store = { endpoint, bucket }
  const other = { endpoint, bucket: second }
  const to = { endpoint: endpointOf(sandbox), bucket: 'to' }
  const setUp = []
  if (given.length < 2) {
    for (const name of [bucket, second]) {
      const { status, code } = await s3Request(endpoint, { method: 'PUT', bucket: name })
      if (status >= 300) setUp.push(`CreateBucket: ${status} ${code}`)
    }
  }
  const objects = trialObjects()
  await fill(sandbox, objects)
  try {
    /** @type {Row[]} */
    const rows = []
    const step = async (/** @type {() => Promise<Row[]>} */ run) => {
      rows.push(...(await run()))
      process.stderr.write(`${rows.length} rows, the last: ${rows.at(-1)?.title}: ${rows.at(-1)?.result}\n`)
    }
    await step(() => doctor('destination', { source: from, destination: store, cwd }))
    await step(() => pushed(objects, { source: from, destination: store, cwd }))
    await step(() => repeated(objects, { source: from, destination: store, cwd }))
    await step(() => within(objects, { source: store, destination: other, cwd }))
    await step(() => doctor('source', { source: store, destination: to, cwd }))
    await step(() => pulled(objects, { source: store, destination: to, cwd }))
    await step(() => many(sandbox, { source: from, destination: store, cwd }))
    return { setUp, rows }
  } finally {
    await rm(cwd, { recursive: true, force: true })
  }
}

/**
 * @param {import('../../packages/s3-sandbox/dist/index.js').Sandbox} sandbox
 * @param {readonly TrialObject[]} objects
 */
async function fill(sandbox, objects) {
  const from = { endpoint: endpointOf(sandbox), bucket: 'from' }
  for (const { key, bytes, headers = {}, metadata = {}, tags = {}, parts } of objects) {
    if (parts === undefined) await sandbox.store.put('from', key, bytes, { headers, metadata, tags })
    else await putInParts(from, key, bytes)
  }
}

/**
 * @param {'source' | 'destination'} side of the store
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function doctor(side, between) {
  const { exitCode, stdout } = await lagoon(['doctor', '--manifest-prefix', 'sizes/', '--json'], between)
  const bad = stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"check"'))
    .map((line) => JSON.parse(line))
    .filter(({ place, status }) => place === side && (status === 'failed' || status === 'warning'))
  const detail = bad.map(({ name, status, detail: text }) => `${name} ${status}: ${text}`).join('; ')
  const result = bad.length === 0 && exitCode === 0 ? 'yes' : exitCode === 0 ? 'warns' : `exit ${exitCode}`
  return [{ id: `doctor-${side}`, title: `\`lagoon doctor\`, the store as ${side}`, result, detail }]
}

/**
 * Copies into the store and reads everything back by plain requests.
 *
 * @param {readonly TrialObject[]} objects
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function pushed(objects, between) {
  const outcomes = await sync(
    'push',
    objects.map(({ key }) => key),
    between,
    ['--copy-tags'],
  )
  const rows = []
  for (const object of objects) {
    const { id, title, key } = object
    const { result, detail } = outcomes.get(key) ?? { result: 'no row' }
    const kept = result === 'yes' ? await difference(object, between.destination) : null
    rows.push({ id: `push-${id}`, title, result: kept ?? result, ...(detail ? { detail } : {}) })
  }
  return rows
}

/**
 * What is otherwise at a store than it was copied; null for nothing.
 *
 * @param {TrialObject} object
 * @param {Side} side
 */
async function difference({ key, bytes, headers = {}, metadata = {}, tags = {} }, { endpoint, bucket }) {
  const got = await s3Request(endpoint, { bucket, key, headers: { 'accept-encoding': 'gzip' } })
  if (got.status !== 200) return `copied, then GET answers ${got.status} ${got.code ?? ''}`.trim()
  if (!got.body.equals(bytes)) return 'other bytes'
  for (const [name, value] of Object.entries(headers)) {
    const kept = got.headers[name]
    if (kept !== value) return kept === undefined ? `${name} lost` : `${name}: ${kept}`
  }
  for (const [name, value] of Object.entries(metadata)) {
    const kept = decoded(String(got.headers[`x-amz-meta-${name}`] ?? ''))
    if (kept !== value) return kept === '' ? `metadata ${name} lost` : `metadata ${name}: ${kept}`
  }
  if (Object.keys(tags).length === 0) return null
  const tagging = await s3Request(endpoint, { bucket, key, query: 'tagging=' })
  if (tagging.status !== 200) return `GetObjectTagging answers ${tagging.status} ${tagging.code ?? ''}`.trim()
  const found = [...tagging.body.toString().matchAll(/<Value>([^<]*)/g)].length
  return found === Object.keys(tags).length ? null : `${found} of ${Object.keys(tags).length} tags`
}

/**
 * Metadata as text: an encoded word of RFC 2047, or raw UTF-8.
 *
 * @param {string} value
 */
function decoded(value) {
  const [, charset, form, text] = /^=\?([^?]+)\?([BQ])\?(.*)\?=$/i.exec(value) ?? []
  if (charset === undefined || text === undefined) return Buffer.from(value, 'latin1').toString('utf8')
  if (form?.toUpperCase() === 'B') return Buffer.from(text, 'base64').toString('utf8')
  const bytes = text
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

/**
 * @param {readonly TrialObject[]} objects
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function repeated(objects, between) {
  const keys = objects.slice(0, 4).map(({ key }) => key)
  const rows = []
  for (const overwrite of ['if-missing', 'if-different']) {
    const outcomes = await sync(overwrite, keys, between, ['--overwrite', overwrite])
    const others = [...outcomes].filter(([, { outcome }]) => outcome !== 'skipped')
    const result = others.length === 0 ? 'yes' : `${others.length} of ${keys.length} not skipped`
    const detail = others.map(([key, { outcome, result: code }]) => `${key}: ${outcome} ${code}`).join('; ')
    rows.push({ id: overwrite, title: `\`--overwrite ${overwrite}\` skips what is there`, result, detail })
  }
  const list = join(between.cwd, 'if-missing.jsonl')
  const verify = await lagoon(['verify', '--manifest', list, '--json'], between)
  const result = verify.exitCode === 0 ? 'yes' : `exit ${verify.exitCode}`
  return [
    ...rows,
    { id: 'verify', title: '`lagoon verify` finds both sides alike', result, detail: lastError(verify) },
  ]
}

/**
 * Copies within the store, and returns which objects the store copied server-side.
 *
 * @param {readonly TrialObject[]} objects
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function within(objects, between) {
  const there = []
  for (const object of objects) {
    const { endpoint, bucket } = between.source
    if ((await s3Request(endpoint, { method: 'HEAD', bucket, key: object.key })).status === 200)
      there.push(object)
  }
  const outcomes = await sync(
    'within',
    there.map(({ key }) => key),
    between,
  )
  const failed = []
  for (const object of there) {
    const { result } = outcomes.get(object.key) ?? { result: 'no row' }
    const wrong = result === 'yes' ? await difference({ ...object, tags: {} }, between.destination) : result
    if (wrong !== null) failed.push(`${object.id}: ${wrong}`)
  }
  const result = failed.length === 0 ? 'yes' : `${failed.length} of ${there.length} fail`
  return [
    {
      id: 'within',
      title: 'copies within the store, between two buckets',
      result,
      detail: failed.join('; '),
    },
  ]
}

/**
 * Lists the store, copies everything out of it, and compares.
 *
 * @param {readonly TrialObject[]} objects
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function pulled(objects, between) {
  await mkdir(join(between.cwd, 'listed'))
  const listing = await lagoon(['manifest', 'create', '--output', 'listed'], between)
  const manifests = (await readdir(join(between.cwd, 'listed'))).filter((name) => name.endsWith('.parquet'))
  const rows = [
    {
      id: 'listing',
      title: '`lagoon manifest create` lists the bucket',
      result: listing.exitCode === 0 ? 'yes' : `exit ${listing.exitCode}`,
      detail: lastError(listing),
    },
  ]
  if (manifests.length === 0) return rows
  const files = manifests.flatMap((name) => ['--manifest', join(between.cwd, 'listed', name)])
  const outcomes = await synced('pull', files, between, ['--copy-tags'])
  const there = await statusOf(objects, between.source)
  const missing = objects.filter(({ key }) => there.has(key) && !outcomes.has(key)).map(({ id }) => id)
  const strange = [...outcomes.keys()].filter((key) => !objects.some((object) => object.key === key))
  rows.push({
    id: 'listed',
    title: 'every object that can be read is listed, and nothing else',
    result:
      missing.length + strange.length === 0 ? 'yes' : `${missing.length} missing, ${strange.length} strange`,
    detail: [...missing, ...strange.map((key) => JSON.stringify(key))].join('; '),
  })
  for (const object of objects.filter(({ key }) => outcomes.has(key))) {
    const { result, detail } = outcomes.get(object.key) ?? { result: 'no row' }
    const wrong = result === 'yes' ? await difference(object, between.destination) : result
    if (wrong !== null)
      rows.push({
        id: `pull-${object.id}`,
        title: `copied out again: ${object.title}`,
        result: wrong,
        detail: detail ?? '',
      })
  }
  const wrong = rows.filter(({ id }) => id.startsWith('pull-')).length
  const total = objects.filter(({ key }) => outcomes.has(key)).length
  rows.push({
    id: 'pulled',
    title: 'copies out of the store are what went in',
    result: wrong === 0 ? 'yes' : `${wrong} of ${total} differ`,
    detail: '',
  })
  return rows
}

/**
 * @param {readonly TrialObject[]} objects
 * @param {Side} side
 */
async function statusOf(objects, { endpoint, bucket }) {
  const there = new Set()
  for (const { key } of objects) {
    if ((await s3Request(endpoint, { method: 'HEAD', bucket, key })).status === 200) there.add(key)
  }
  return there
}

/**
 * More objects than a page of a listing holds.
 *
 * @param {import('../../packages/s3-sandbox/dist/index.js').Sandbox} sandbox
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @returns {Promise<Row[]>}
 */
async function many(sandbox, between) {
  const keys = Array.from({ length: MANY }, (_, index) => `many/${String(index).padStart(5, '0')}`)
  for (const key of keys) await sandbox.store.put('from', key, key)
  const outcomes = await sync('many', keys, between, ['--concurrency', '16'])
  const copied = [...outcomes.values()].filter(({ result }) => result === 'yes').length
  await mkdir(join(between.cwd, 'paged'))
  const swapped = { source: between.destination, destination: between.source, cwd: between.cwd }
  const listing = await lagoon(['manifest', 'create', 'many/', '--output', 'paged', '--json'], swapped)
  const rows = Number(
    /"rows":(\d+)/.exec(listing.stdout.split('\n').findLast((line) => line.includes('"rows"')) ?? '')?.[1],
  )
  return [
    {
      id: 'many',
      title: `${MANY} small objects`,
      result: copied === MANY ? 'yes' : `${copied} copied`,
      detail: '',
    },
    {
      id: 'pages',
      title: `a listing of ${MANY} keys, page by page`,
      result: rows === MANY ? 'yes' : `${Number.isNaN(rows) ? 'exit ' + listing.exitCode : rows + ' listed'}`,
      detail: lastError(listing),
    },
  ]
}

/**
 * @param {string} name
 * @param {readonly string[]} keys
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @param {readonly string[]} flags
 */
async function sync(name, keys, between, flags = []) {
  const list = join(between.cwd, `${name}.jsonl`)
  await writeFile(list, keys.map((key) => `${JSON.stringify({ key })}\n`).join(''))
  return synced(name, ['--manifest', list], between, flags)
}

/**
 * Runs `lagoon sync`, and tells of each key what became of it.
 *
 * @param {string} name
 * @param {readonly string[]} manifests
 * @param {{ source: Side, destination: Side, cwd: string }} between
 * @param {readonly string[]} flags
 * @returns {Promise<Map<string, { outcome: string, result: string, detail?: string }>>}
 */
async function synced(name, manifests, between, flags) {
  const report = join(between.cwd, `report-${name}.jsonl`)
  const args = ['sync', ...manifests, '--data-dir', `data-${name}`, '--report', report, '--json', ...flags]
  const run = await lagoon([...args, '--max-attempts', '3'], between)
  /** @type {Map<string, { outcome: string, result: string, detail?: string }>} */
  const outcomes = new Map()
  const lines = await readFile(report, 'utf8').catch(() => '')
  for (const line of lines.split('\n').filter((text) => text !== '')) {
    const { key, outcome, code, message } = JSON.parse(line)
    const copied = outcome === 'copied' || outcome === 'skipped'
    outcomes.set(key, {
      outcome,
      result: copied ? 'yes' : (code ?? outcome),
      ...(copied ? {} : { detail: message }),
    })
  }
  if (run.exitCode !== 0 && outcomes.size === 0) {
    process.stderr.write(`${name}: exit ${run.exitCode}: ${lastError(run)}\n`)
  }
  return outcomes
}

/** @param {{ exitCode: number | null, stderr: string }} run */
function lastError({ exitCode, stderr }) {
  return exitCode === 0 ? '' : stderr.trim().split('\n').slice(-3).join(' ').slice(0, 300)
}
