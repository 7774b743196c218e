import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { startSandbox, type Sandbox } from '@lagoon/s3-sandbox'
import { expect, test } from 'vitest'
import type { ListingResult } from '../src/scale/measure-listing.js'
import type { SizeResult } from '../src/scale/measure-size.js'

const program = fileURLToPath(new URL('../bin/lagoon-bench.js', import.meta.url))

test(
  'scale measures a size and the listing between two running stores, and leaves nothing behind',
  { timeout: 180_000 },
  async () => {
    const [source, destination] = [await startSandbox(), await startSandbox()]
    const out = await mkdtemp(join(tmpdir(), 'lagoon-bench-test-'))
    const side = (name: string, { url, region, credentials }: Sandbox) => ({
      [`LAGOON_${name}_ENDPOINT_URL`]: url,
      [`LAGOON_${name}_ACCESS_KEY_ID`]: credentials!.accessKeyId,
      [`LAGOON_${name}_SECRET_ACCESS_KEY`]: credentials!.secretAccessKey,
      [`LAGOON_${name}_REGION`]: region,
    })
    try {
      const flags = ['--keys', '9001', '--objects', '1200', '--stores', 'environment', '--json', '--out', out]
      const { stdout } = await promisify(execFile)(process.execPath, [program, 'scale', ...flags], {
        env: { ...process.env, ...side('SOURCE', source), ...side('DESTINATION', destination) },
      })
      const { sizes, listing } = JSON.parse(stdout) as { sizes: SizeResult[]; listing: ListingResult }
      expect(sizes.map(({ keys, manifests }) => [keys, manifests.files])).toEqual([[9_001, 1]])
      for (const { bytesPerKey, recorded, lookedUp, read, finishedRunMs, dryRuns } of sizes) {
        const rates = [recorded, lookedUp, read].flatMap((rate) => [rate.perSecond, rate.perCpuSecond])
        const waits = Object.values(dryRuns).map(({ wallMs }) => wallMs)
        for (const figure of [bytesPerKey, finishedRunMs, ...waits, ...rates])
          expect(figure).toBeGreaterThan(0)
      }
      expect(listing).toMatchObject({ objects: 1_200 })
      expect(listing.created.map(({ listings, order }) => [listings, order])).toEqual([
        [1, 'input'],
        [8, 'input'],
        [8, 'sorted'],
      ])
      expect((await readdir(out)).toSorted()).toEqual([
        expect.stringMatching(/^scale-.*\.html$/),
        expect.stringMatching(/^scale-.*\.json$/),
      ])
      for (const { store } of [source, destination]) expect(store.buckets()).toEqual([])
    } finally {
      await Promise.all([source.close(), destination.close()])
      await rm(out, { recursive: true, force: true })
    }
  },
)
