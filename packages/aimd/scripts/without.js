// What each mechanism of the law earns: takes one after the other out of the built package and runs the simulator's families.
// `node packages/aimd/scripts/without.js [how many seeds of each family, default 4] [part of a mechanism's name]`. Needs the package to be built.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { families, makeScenario, simulateFluid } from '../dist/simulator/index.js'

const built = new URL('../dist/index.js', import.meta.url)
const count = Number(process.argv[2] ?? 4)
const only = process.argv[3] ?? ''

/** What to replace in the built law, and by what. */
const mechanisms = {
  'doubling the limit every round of the startup': [/limit: 2 \* limit,/, 'limit: limit + 1,'],
  'patience before a cut': [/crowded\.length >= 3 && this\.#crowdedMs >= 8e3/, 'crowded.length > 0'],
  'steps of growth that double': [/this\.#step \*= 2/, 'this.#step *= 1'],
  'drains once a minute': [/return limit > 2 && baseAgeMs > [^;]+/, 'return false'],
  'a drain before a large cut': [/if \(model\.unexplained\(standingMs\)/, 'if (false'],
  'a base time weighed by its error': [/const weight = strange \? 1 : [^;]+/, 'const weight = 1'],
  probes: [/if \(this\.inMs > 0\) return null/, 'return null'],
  'probes of fewer': [/this\.#tryFewer = true/, 'this.#tryFewer = false'],
  'hardly a queue where overload costs capacity': [/this\.#model\.harmed = mean[^;]+/, 'void 0'],
  'waiting for what began under the limit before': [/const small = [^;]+/, 'const small = true'],
  'remembering where the store throttled': [
    /return this\.#ratePerMs === null \? Infinity : /,
    'return Infinity + ',
  ],
  'an outage that begins with throttles is no wall': [
    /get uncut\(\) \{\n\s*return [^;]+/,
    'get uncut() {\n return 0',
  ],
}

const law = await readFile(built, 'utf8')
const whole = await goodputs(law)
console.log(`the whole law: ${percent(mean(Object.values(whole)))} over all families\n`)
for (const [name, [pattern, replacement]] of Object.entries(mechanisms)) {
  if (!name.includes(only)) continue
  if (!pattern.test(law)) throw new Error(`the built law has nothing like ${pattern}`)
  const without = await goodputs(law.replace(pattern, replacement))
  const lost = Object.keys(families).toSorted((a, b) => without[a] - whole[a] - (without[b] - whole[b]))
  const worst = lost
    .slice(0, 3)
    .map((family) => `${family} ${percent(whole[family])} → ${percent(without[family])}`)
  console.log(`without ${name}: ${percent(mean(Object.values(without)))}; ${worst.join('; ')}`)
}

/** Mean goodput of each family against the oracle, by the law in `source`. */
async function goodputs(source) {
  const file = new URL(`../dist/without-${process.pid}.js`, import.meta.url)
  await writeFile(file, source)
  const { createController } = await import(`${file}?${Math.random()}`)
  await rm(file)
  const seeds = Array.from({ length: count }, (_, index) => index + 1)
  const goodput = (family, seed) =>
    simulateFluid(makeScenario(family, seed), () => createController()).goodput
  return Object.fromEntries(
    Object.keys(families).map((family) => [family, mean(seeds.map((seed) => goodput(family, seed)))]),
  )
}

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}
