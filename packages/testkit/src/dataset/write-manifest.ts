import parquet from '@dsnp/parquetjs'
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3'
import { createReadStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ManifestRow {
  key: string | null
  sizeBytes?: number
}

export interface WriteManifestOptions {
  client: S3Client
  bucket: string
  /** Key of the manifest object, such as `manifest/part-0.parquet`. */
  key: string
  rows: Iterable<ManifestRow> | AsyncIterable<ManifestRow>
  /** Name of the key column; default `uri`. A second column `size` holds the sizes. */
  column?: string
  /** Rows per row group; default 10,000. */
  rowGroupRows?: number
  /** Default `SNAPPY`. */
  compression?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP'
}

/** Writes a Parquet manifest to a temporary file, row group by row group, and uploads it. Returns its rows. */
export async function writeManifest(options: WriteManifestOptions): Promise<number> {
  const { client, bucket, key, rows, column = 'uri', rowGroupRows = 10_000, compression = 'SNAPPY' } = options
  const schema = new parquet.ParquetSchema({
    [column]: { type: 'UTF8', compression, optional: true },
    size: { type: 'INT64', compression, optional: true },
  })
  const directory = await mkdtemp(join(tmpdir(), 'lagoon-manifest-'))
  try {
    const path = join(directory, 'manifest.parquet')
    const writer = await parquet.ParquetWriter.openFile(schema, path)
    writer.setRowGroupSize(rowGroupRows)
    let count = 0
    for await (const row of rows) {
      await writer.appendRow({ [column]: row.key, size: row.sizeBytes ?? null })
      count += 1
    }
    await writer.close()
    const { size } = await stat(path)
    await client.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: createReadStream(path), ContentLength: size }),
    )
    return count
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}
