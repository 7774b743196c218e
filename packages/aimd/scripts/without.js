// What each mechanism of the law earns: takes one after the other out of the built package and runs the simulator's families, and one
// backend of which a fifth of the attempts fails at any limit. `node packages/aimd/scripts/without.js [how many seeds of each family,
// default 4] [part of a mechanism's name]` prints the rows of a table. Needs the package to be built.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { families, makeScenario, sharingFamilies, simulateFluid } from '../dist/simulator/index.js'

const built = new URL('../dist/index.js', import.meta.url)
const count = Number(process.argv[2] ?? 4)
const only = process.argv[3] ?? ''
const FAILING = 'a fifth fails'

/** What to replace in the built law, and by what. */
const mechanisms = {
  'doubling the limit every round of the startup': [/limit: 2 \* limit,/, 'limit: limit + 1,'],
  'a startup that allows for chance': [/const chance = [^;]+/, 'const chance = 0'],
  'steps of growth that double': [/this\.#step \*= 2/, 'this.#step *= 1'],
  'patience before a cut': [/crowded\.length >= 3 && this\.#crowdedMs >= 8e3/, 'crowded.length > 0'],
  'the shortest of three measurements': [/Math\.min\(\.\.\.this\.#crowded\.slice\(-3\)\)/, 'm.timeMs'],
  'a drain before a large cut': [/if \(model\.unexplained\(standingMs\)/, 'if (false'],
  'drains every five minutes': [/model\.baseAgeMs > 3e5/, 'false'],
  'a base time weighed by its error': [/const weight = strange \? 1 : [^;]+/, 'const weight = 1'],
  probes: [/if \(this\.inMs > 0\) return null/, 'return null'],
  'probes of fewer': [/this\.#tryFewer = true/, 'this.#tryFewer = false'],
  'one pair where a gain is obvious': [/ \|\| this\.#least > \.5/, ''],
  'hardly a queue where overload costs capacity': [/this\.#model\.harmed = mean[^;]+/, 'void 0'],
  'a shorter queue beyond a hundred in flight': [/ \* Math\.min\(1, \(100 \/ limit\) \*\* \.25\)/, ''],
  'waiting for what began under the limit before': [/const small = [^;]+/, 'const small = true'],
  'remembering where the store throttled': [
    /return this\.#ratePerMs === null \? Infinity : /,
    'return Infinity + ',
  ],
  'staying below the limit that was refused': [/const most = [^;]+/, 'const most = Infinity'],
  'a drain where startup met a wall': [/const drain = [^;]+/, 'const drain = false'],
  'an outage that begins with throttles is no wall': [/this\.#wall\.retract\(\)/, 'void 0'],
  'errors that no limit makes fewer are tolerated': [/uncut === null \|\| share < [^)]+/, 'true'],
}

const law = await readFile(built, 'utf8')
const whole = await outcomes(law)
console.log(`with all of them: ${summary(whole).join(' | ')}\n`)
for (const [name, [pattern, replacement]] of Object.entries(mechanisms)) {
  if (!name.includes(only)) continue
  if (!pattern.test(law)) throw new Error(`the built law has nothing like ${pattern}`)
  const without = await outcomes(law.replace(pattern, replacement))
  const lost = Object.keys(whole)
    .map((family) => ({ family, by: whole[family].goodput - without[family].goodput }))
    .filter(({ by }) => by > 0.0005)
    .toSorted((a, b) => b.by - a.by)
  const worst = lost
    .slice(0, 2)
    .map(({ family }) => `${family} ${percent(whole[family].goodput)} → ${percent(without[family].goodput)}`)
  console.log(`| ${[name, ...summary(without), worst.join(', ')].join(' | ')} |`)
}

/** Means over each family, by the law in `source`. */
async function outcomes(source) {
  const file = new URL(`../dist/without-${process.pid}.js`, import.meta.url)
  await writeFile(file, source)
  const { createController } = await import(`${file}?${Math.random()}`)
  await rm(file)
  const seeds = Array.from({ length: count }, (_, index) => index + 1)
  const of = (scenarios) => {
    const runs = scenarios.map((scenario) => simulateFluid(scenario, () => createController()))
    const part = (key) => mean(runs.map((run) => run[key]))
    return {
      goodput: part('goodput'),
      inFlight: part('inFlightOverKnee'),
      throttled: part('throttled'),
    }
  }
  const usual = Object.keys(families).map((family) => [
    family,
    of(seeds.map((seed) => makeScenario(family, seed))),
  ])
  return { ...Object.fromEntries(usual), [FAILING]: of(seeds.map(failing)) }
}

function failing(seed) {
  const scenario = makeScenario('queueing', seed)
  return { ...scenario, family: FAILING, backend: { ...scenario.backend, failedShare: 0.2 } }
}

/** Goodput over the families, in flight ÷ knee over those in which one law decides, and what a wall refuses. */
function summary(all) {
  const usual = Object.keys(families)
  const alone = usual.filter((family) => !sharingFamilies.has(family))
  return [
    percent(mean(usual.map((family) => all[family].goodput))),
    mean(alone.map((family) => all[family].inFlight)).toFixed(2),
    `${(all['rate wall'].throttled * 100).toFixed(2)} %`,
  ]
}

function mean(values) {
  return values.reduce((a, b) => a + b, 0) / values.length
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}
