import { open, stat, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { createReportWriter, openManifest, type ManifestStore } from '@lagoon/manifest'
import { keyOf } from '../dataset/workloads.js'
import type { MicroTask } from './measure-task.js'

const rows = 200_000

/** Keys read from a Parquet file on disk, and rows of a report written as Parquet and as JSON lines. */
export async function manifestTasks(folder: string): Promise<MicroTask[]> {
  const write = async (path: string): Promise<void> => {
    const report = await createReportWriter({ path })
    for (let index = 0; index < rows; index += 1) {
      report.write({
        key: keyOf(index),
        outcome: 'copied',
        code: null,
        message: null,
        bytes: 32_768,
        etag: '9e107d9d372bb6826bd81d3542a419d6',
        verification: 'etag',
        attempts: 1,
        durationMs: index % 97,
      })
      const idle = report.idle()
      if (idle !== null) await idle
    }
    await report.close()
  }
  const path = join(folder, 'manifest.parquet')
  await write(path)
  const { size } = await stat(path)
  const file = await open(path)
  return [
    {
      name: 'manifest, read',
      unit: 'key',
      operations: rows,
      async run() {
        const ref = { key: 'manifest.parquet', etag: 'fixed', sizeBytes: size }
        const reader = await openManifest(fileStore(file), ref, { bucket: 'bench', column: 'key' })
        let seen = 0
        for await (const batch of reader.batches()) seen += batch.keys.length
        if (seen !== rows) throw new Error(`read ${seen} of ${rows} keys`)
      },
      close: () => file.close(),
    },
    {
      name: 'report, Parquet',
      unit: 'row',
      operations: rows,
      run: () => write(join(folder, 'report.parquet')),
    },
    {
      name: 'report, JSON lines',
      unit: 'row',
      operations: rows,
      run: () => write(join(folder, 'report.jsonl')),
    },
  ]
}

/** A file as the only object of a store. */
function fileStore(file: FileHandle): ManifestStore {
  return {
    async *list() {},
    async *listPrefixes() {},
    async read({ start, end }) {
      const bytes = Buffer.allocUnsafe(end - start)
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start)
      return bytes.subarray(0, bytesRead)
    },
  }
}
