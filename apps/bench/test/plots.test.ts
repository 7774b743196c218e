import { readFile } from 'node:fs/promises'
import { createController } from '@lagoon/aimd'
import { families } from '@lagoon/aimd/simulator'
import { describe, expect, test } from 'vitest'
import { plotFamily, plotFile } from '../src/simulation/plot-svg.js'

/** Where the documents have them; `bench simulate --plots packages/aimd/docs` draws them anew. */
const docs = new URL('../../../packages/aimd/docs/', import.meta.url)

/** Digits beyond the tenth may differ from one release of V8 to the next, and a run grows out of them. */
const sameNode = process.versions.node.startsWith('24.')

describe.runIf(sameNode)('the plots in the documents', () => {
  test.each(Object.keys(families))('show what the law does: %s', async (family) => {
    const plot = plotFamily(family, () => createController())
    expect(await readFile(new URL(plotFile(family), docs), 'utf8')).toBe(plot)
  })
})
