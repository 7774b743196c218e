import parquet from '@dsnp/parquetjs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export type Schema = ConstructorParameters<typeof parquet.ParquetSchema>[0]
export type Row = Record<string, string | number | Buffer | null>

/** A Parquet file of these rows. */
export async function parquetBytes(schema: Schema, rows: readonly Row[]): Promise<Buffer> {
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-parquet-'))
  try {
    const path = join(directory, 'rows.parquet')
    const writer = await parquet.ParquetWriter.openFile(new parquet.ParquetSchema(schema), path)
    for (const row of rows) {
      await writer.appendRow(Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)))
    }
    await writer.close()
    return await readFile(path)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
