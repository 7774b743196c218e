import { demoBuckets, type DemoStores } from './demo-stores.js'
import type { SampleDataset } from './sample-dataset.js'

/** Compares every object of the dataset byte for byte; answers with the keys that differ, are missing, or should not be there. */
export async function compareStores(
  { source, destination }: Pick<DemoStores, 'source' | 'destination'>,
  dataset: SampleDataset,
): Promise<string[]> {
  const different: string[] = []
  const expected = new Set<string>()
  for (const { key } of dataset.objects) {
    expected.add(key)
    const [original, copy] = await Promise.all([
      source.store.get(demoBuckets.source, key),
      destination.store.get(demoBuckets.destination, key),
    ])
    if (original === null || copy === null || !original.bytes.equals(copy.bytes)) different.push(key)
  }
  for (const key of destination.store.keys(demoBuckets.destination))
    if (!expected.has(key)) different.push(key)
  return different
}
