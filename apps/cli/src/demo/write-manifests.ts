import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createManifestWriter } from '@lagoon/manifest'
import { manifestCount, type SampleDataset } from './sample-dataset.js'

/** The Parquet manifests of the dataset, made in a directory below the one that is given. */
export async function writeManifests(
  directory: string,
  { objects }: SampleDataset,
): Promise<{ name: string; bytes: Uint8Array }[]> {
  const writer = await createManifestWriter({
    directory: join(directory, 'manifests'),
    name: 'lake',
    rowsPerFile: Math.ceil(objects.length / manifestCount),
  })
  for (const { key, body } of objects) writer.write({ key, size: body.length })
  const written = await writer.close()
  return Promise.all(written.map(async ({ path }) => ({ name: basename(path), bytes: await readFile(path) })))
}
