import { readFile } from 'node:fs/promises'
import parquet from '@dsnp/parquetjs'

export interface ManifestRow {
  readonly key: string
  readonly sizeBytes: number
}

const rowGroupRows = 250

/** A Parquet manifest with the columns `uri` and `size`, written to `path`; answers with its bytes. */
export async function writeManifest(path: string, rows: readonly ManifestRow[]): Promise<Uint8Array> {
  const schema = new parquet.ParquetSchema({
    uri: { type: 'UTF8', compression: 'SNAPPY' },
    size: { type: 'INT64', compression: 'SNAPPY' },
  })
  const writer = await parquet.ParquetWriter.openFile(schema, path)
  writer.setRowGroupSize(rowGroupRows)
  for (const row of rows) await writer.appendRow({ uri: row.key, size: row.sizeBytes })
  await writer.close()
  return readFile(path)
}
