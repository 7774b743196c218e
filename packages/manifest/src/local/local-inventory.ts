import { stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { describeFile, localManifest, readFile } from './local-manifest.js'
import type { ManifestRef, ManifestStore } from '../manifest-store.js'

/**
 * The `manifest.json` of an S3 Inventory on this machine, for {@link openInventory}. Its data files are found by their names: beside
 * it, in `data/` below, and in `../data/`, where a delivery that was downloaded unchanged has them. `pathOf` returns the path of one of
 * them; `null` if it does not exist. Throws `LAGOON_MANIFEST_UNREADABLE`.
 */
export async function localInventory(
  path: string,
): Promise<{ store: ManifestStore; ref: ManifestRef; pathOf: (key: string) => Promise<string | null> }> {
  const { ref } = await localManifest(path)
  const directory = dirname(path)
  const pathOf = async (key: string): Promise<string | null> => {
    const name = basename(key)
    for (const below of ['', 'data', '../data']) {
      const candidate = join(directory, below, name)
      const found = await stat(candidate).catch(() => null)
      if (found?.isFile()) return candidate
    }
    return null
  }
  const store: ManifestStore = {
    async *list({ prefix: key }) {
      const file = await pathOf(key)
      if (file !== null) yield { key, ...(await describeFile(file)) }
    },
    async *listPrefixes() {},
    async read(options) {
      const file = await pathOf(options.key)
      if (file === null) throw Object.assign(new Error(`${options.key} is gone`), { status: 404 })
      return readFile({ ...options, key: file })
    },
  }
  return { store, ref, pathOf }
}
