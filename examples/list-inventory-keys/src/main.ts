// Lists the keys that an S3 Inventory names, without listing the bucket.
import { openInventory } from '@lagoon/manifest'
import { startSandbox } from '@lagoon/s3-sandbox'
import { createStore } from '@lagoon/transfer'
import { deliverInventory } from './deliver-inventory.ts'

// A small S3 server in this process, with an inventory as AWS delivers it; take your own bucket instead.
await using sandbox = await startSandbox({ buckets: ['inventories'] })
const delivered = await deliverInventory(sandbox, 'inventories', 'lake')

const { url: endpointUrl, region, credentials } = sandbox
const store = createStore({ endpointUrl, region, bucket: 'inventories', ...(credentials && { credentials }) })
const { sizeBytes, etag } = await store.head({ key: delivered })
const inventory = await openInventory(store, { key: delivered, sizeBytes, etag }, { bucket: 'lake' })
console.log(`inventory of ${inventory.sourceBucket}, ${inventory.files.length} file, ${inventory.format}`)

// Old versions and delete markers are left out; a filter could leave out more.
for (const file of inventory.files) {
  const reader = await inventory.openFile(file)
  for await (const { keys, sizes, problems } of reader.batches()) {
    for (const [row, key] of keys.entries()) {
      if (key !== null) console.log(`${key} (${sizes?.[row] ?? 'unknown'} bytes)`)
    }
    for (const { key, message } of problems) console.error(`${key}: ${message}`)
  }
}
await store.close()
