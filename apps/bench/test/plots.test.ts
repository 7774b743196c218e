import { readFile } from 'node:fs/promises'
import { createController } from '@lagoon/aimd'
import { families } from '@lagoon/aimd/simulator'
import { describe, expect, test } from 'vitest'
import { plotFamily, plotFile } from '../src/simulation/plot-svg.js'

/** The plots in the documents; `bench simulate --plots packages/aimd/docs` draws them again. */
const docs = new URL('../../../packages/aimd/docs/', import.meta.url)

/** Digits beyond the tenth may differ between releases of V8, and a run amplifies them. */
const sameNode = process.versions.node.startsWith('24.')

describe.runIf(sameNode)('the plots in the documents', () => {
  test.each(Object.keys(families))("match the law's behaviour: %s", async (family) => {
    const plot = plotFamily(family, () => createController())
    expect(await readFile(new URL(plotFile(family), docs), 'utf8')).toBe(plot)
  })
})
