/**
 * Run as its own process, so that a crash or a hang is seen from outside:
 *
 *   node read-mutated-lists.mjs <seed> <inputs> [<first input>]
 *
 * Reads that many damaged key lists and inventories through the built package. Each must either be read, every row with a key or a
 * problem, or fail with a `ManifestError`. Prints as `read-mutants.mjs` does.
 */
import { createHash } from 'node:crypto'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { ManifestError, openInventory, openKeyList } from '../../dist/index.js'
import { mutateText, random } from './mutate.mjs'
import { peakMemoryMb } from './peak-memory.mjs'

const [seed, inputs, first = 0] = process.argv.slice(2).map(Number)
const rows = Array.from({ length: 40 }, (_, i) => `raw/${i % 7}/漢字-${i}.bin`)
const details = (key, i) =>
  `"lake","${encodeURI(key)}","v${i}","true","${i % 5 === 0}","${i}","2024-01-01T00:00:00.000Z","e${i}"`
const inventoryRows = rows.map(details).join('\n')
const texts = [
  ['keys.txt', rows.join('\n')],
  [
    'keys.csv',
    `size,"key",etag,last_modified\r\n${rows.map((key, i) => `${i},"${key}","e""${i}",2024-01-01`).join('\r\n')}`,
  ],
  ['batch.csv', rows.map((key) => `lake,${encodeURI(key)}`).join('\n')],
  ['datasync.csv', rows.map((key, i) => `"${key}",v${i}`).join('\n')],
  [
    'keys.jsonl',
    rows.map((key, size) => JSON.stringify({ key, size, lastModified: '2024-01-01' })).join('\n'),
  ],
  [
    'keys.json',
    JSON.stringify({ Contents: rows.map((Key, Size) => ({ Key, Size, IsLatest: true })) }, null, 1),
  ],
  ['semicolons.csv', `sep=;\rkey;version_id\r${rows.map((key, i) => `${key};v${i % 3}`).join('\r')}`],
  ['bom.txt', `\ufeff${rows.join('\r\n')}`],
].map(([name, text]) => [name, Buffer.from(text)])
const lists = [
  ...texts,
  ...texts.map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]),
  ...texts.map(([name, bytes]) => [`${name}.zst`, zstdCompressSync(bytes)]),
  ...texts.map(([name, bytes]) => [`${name}.frames.zst`, inFrames(bytes)]),
]
/** Two frames of Zstandard, and one between them that is skipped. */
function inFrames(bytes) {
  const half = bytes.length >> 1
  const skipped = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2])
  return Buffer.concat([
    zstdCompressSync(bytes.subarray(0, half)),
    skipped,
    zstdCompressSync(bytes.subarray(half)),
  ])
}
/** The manifest.json of data of this size. */
const documentOf = (size) =>
  Buffer.from(
    JSON.stringify({
      sourceBucket: 'lake',
      fileFormat: 'CSV',
      fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, LastModifiedDate, ETag',
      files: [{ key: 'data/1.csv', size }],
    }),
  )

const outcomes = { read: 0, refused: 0 }
const codes = {}
const unexpected = []

async function readAll(reader, what) {
  for await (const { keys, problems } of reader.batches()) {
    if (keys.filter((key) => key === null).length !== problems.length)
      unexpected.push({ ...what, problem: 'nulls' })
  }
}

async function readInventory(mutant, data, what) {
  const bytesOf = { 'i/manifest.json': mutant, 'data/1.csv': data }
  bytesOf['i/manifest.checksum'] = Buffer.from(createHash('md5').update(mutant).digest('hex'))
  const store = {
    async *list({ prefix }) {
      if (bytesOf[prefix]) yield { key: prefix, etag: 'e', sizeBytes: bytesOf[prefix].length }
    },
    read: async ({ key, start, end }) => bytesOf[key].subarray(start, end),
  }
  const ref = { key: 'i/manifest.json', etag: 'e', sizeBytes: mutant.length }
  const inventory = await openInventory(store, ref, { bucket: 'lake' })
  for (const file of inventory.files) await readAll(await inventory.openFile(file), what)
}

for (let input = first; input < first + inputs && unexpected.length < 20; input++) {
  const next = random(seed * 1_000_003 + input)
  if (input % 100 === 0) process.stderr.write(`input ${input}\n`)
  const at = Math.floor(next() * (lists.length + 2))
  const what = { input, name: lists[at]?.[0] ?? 'inventory' }
  try {
    if (at < lists.length) {
      const mutant = mutateText(lists[at][1], next)
      const source = {
        name: what.name,
        open: async function* () {
          yield mutant
        },
      }
      await readAll(openKeyList(source, { bucket: 'lake', format: 'auto', lastModified: true }), what)
    } else if (at === lists.length) {
      const data = Buffer.from(inventoryRows)
      await readInventory(mutateText(documentOf(data.length), next), data, what)
    } else {
      const data = mutateText(Buffer.from(inventoryRows), next)
      await readInventory(documentOf(data.length), data, what)
    }
    outcomes.read++
  } catch (error) {
    if (!(error instanceof ManifestError)) unexpected.push({ ...what, problem: String(error?.stack) })
    outcomes.refused++
    codes[error.code] = (codes[error.code] ?? 0) + 1
  }
}
console.log(JSON.stringify({ ...outcomes, codes, unexpected, peakMemoryMb: peakMemoryMb() }))
