// Uses each public package once, however it was loaded, and returns what came of it.
const { mkdtemp, rm } = require('node:fs/promises')
const { tmpdir } = require('node:os')
const { join } = require('node:path')

module.exports = async function usePackages({ aimd, simulator, manifest, state, transfer, sync, sandbox }) {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-packed-'))
  const source = await sandbox.startSandbox({ buckets: ['lake'] })
  const destination = await sandbox.startSandbox({ buckets: ['lake'] })
  try {
    return {
      aimd: await useAimd(aimd, simulator),
      manifest: await useManifest(manifest, source, directory),
      state: await useState(state, join(directory, 'state')),
      transfer: await useTransfer(transfer, source, destination),
      sync: await useSync(sync, source, destination, join(directory, 'data')),
    }
  } finally {
    await source.close()
    await destination.close()
    await rm(directory, { recursive: true, force: true })
  }
}

async function useAimd({ limit, createController }, simulator) {
  const double = limit(async (number) => number * 2, 2)
  const doubled = await Promise.all([1, 2, 3].map(double))
  return { doubled, limit: createController().limit, simulator: Object.keys(simulator).length > 0 }
}

/** Writes a manifest, reads it back, and leaves it in the source bucket for the others. */
async function useManifest(manifest, source, directory) {
  const writer = await manifest.createManifestWriter({ directory })
  for (const key of ['a', 'b']) {
    await source.store.put('lake', key, `object ${key}`)
    writer.write({ key, size: 8 })
  }
  const [{ path }] = await writer.close()
  await source.store.put('lake', 'manifest/part-0.parquet', await require('node:fs/promises').readFile(path))
  const { store, ref } = await manifest.localManifest(path)
  const keys = []
  for await (const batch of (await manifest.openManifest(store, ref, { bucket: 'lake' })).batches()) {
    keys.push(...batch.keys)
  }
  return keys
}

async function useState({ openState }, directory) {
  const state = await openState({ directory, identity: { source: 'a', destination: 'b' } })
  state.complete('a')
  const known = [...state.lookup(['a', 'b'])]
  await state.close()
  return known
}

async function useTransfer({ createCopier, createSimpleRunner }, source, destination) {
  const copied = []
  for (const threads of [1, 2]) {
    const copier = createCopier({ source: endpoint(source), destination: endpoint(destination), threads })
    const { ok, bytes } = await copier.copy({ key: 'a' }, createSimpleRunner())
    await copier.close()
    copied.push({ threads, ok, bytes })
  }
  return copied
}

async function useSync({ runSync }, source, destination, dataDir) {
  const { completed, failed } = await runSync({
    source: endpoint(source),
    destination: endpoint(destination),
    dataDir,
  })
  return { completed, failed, keys: destination.store.keys('lake') }
}

function endpoint({ url, region, credentials }) {
  return { endpointUrl: url, region, bucket: 'lake', credentials }
}
