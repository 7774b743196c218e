// @ts-check
// Runs the product and the contract suite against any S3 store, and writes what it refuses: `npx -y pnpm@12 compatibility`.
//
// LAGOON_STORE_NAME                 what it is, with its version; names the files in artefacts/compatibility/
// LAGOON_STORE_ENDPOINT_URL         https://host:port, addressed by path
// LAGOON_STORE_ACCESS_KEY_ID, LAGOON_STORE_SECRET_ACCESS_KEY
// LAGOON_STORE_REGION               default us-east-1
// LAGOON_STORE_BUCKETS              two empty buckets, with a comma between, where the keys can't create any
//
// `--only product` or `--only contract` runs a part. `--matrix FILE.json ...` runs nothing and prints one table of several results.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { tryContract } from './contract.js'
import { matrixPage, storePage } from './page.js'
import { tryProduct } from './product.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, matrix: { type: 'boolean', default: false } },
})

if (values.matrix) {
  const trials = await Promise.all(positionals.map(async (file) => JSON.parse(await readFile(file, 'utf8'))))
  process.stdout.write(matrixPage(trials))
} else {
  await run()
}

async function run() {
  const endpoint = {
    url: variable('ENDPOINT_URL').replace(/\/+$/, ''),
    accessKeyId: variable('ACCESS_KEY_ID'),
    secretAccessKey: variable('SECRET_ACCESS_KEY'),
    region: process.env['LAGOON_STORE_REGION'] || 'us-east-1',
  }
  const store = variable('NAME')
  const buckets = (process.env['LAGOON_STORE_BUCKETS'] ?? '').split(',').filter((name) => name !== '')
  const trial = {
    store,
    date: new Date().toISOString().slice(0, 10),
    product: isAsked('product') ? await tryProduct(endpoint, buckets) : null,
    contract: isAsked('contract') && buckets.length === 0 ? await tryContract(endpoint) : null,
  }
  const page = storePage(trial)
  const name = `artefacts/compatibility/${store.toLowerCase().replaceAll(/[^a-z0-9.]+/g, '-')}`
  await mkdir('artefacts/compatibility', { recursive: true })
  await writeFile(`${name}.json`, `${JSON.stringify(trial, null, 2)}\n`)
  await writeFile(`${name}.md`, page)
  process.stdout.write(page)
}

/** @param {'product' | 'contract'} part */
function isAsked(part) {
  return values.only === undefined || values.only === part
}

/** @param {string} name */
function variable(name) {
  const value = process.env[`LAGOON_STORE_${name}`]
  if (value) return value
  process.stderr.write(`LAGOON_STORE_${name} is not set; see the beginning of scripts/compatibility/run.js\n`)
  return process.exit(2)
}
