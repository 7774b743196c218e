import { sandboxJob, type SandboxJob } from './sandbox-job.js'

/** A job whose source holds `data/0`, `data/1`, … and one manifest that names them in this order. */
export async function filledJob(objects: number): Promise<SandboxJob> {
  const job = await sandboxJob()
  const keys = Array.from({ length: objects }, (_, index) => `data/${index}`)
  await job.putObjects(keys)
  await job.putKeys('manifest/m.parquet', keys)
  return job
}
