// Draws a run of every family of the simulator as SVG into packages/aimd/docs: `node packages/aimd/scripts/plots.js`.
// Needs the package to be built. The scenarios are held back: the law was not tuned on them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createController } from '../dist/index.js'
import { families, heldBackSeeds, makeScenario, simulateFluid } from '../dist/simulator/index.js'

const directory = fileURLToPath(new URL('../docs/', import.meta.url))
const WIDTH = 720
const LEFT = 52
const RIGHT = 12
const PANELS = { limit: { top: 60, height: 130 }, goodput: { top: 222, height: 70 } }
const HEIGHT = 320

const STYLE = `<style>
text{font:12px system-ui,sans-serif;fill:#4b5563}
.title{font-size:14px;font-weight:600;fill:#111827}
.back{fill:#fff}.axis{stroke:#d1d5db;fill:none}
.knee{stroke:#6b7280;stroke-dasharray:4 3;fill:none}.best{fill:#e5e7eb;stroke:none}
.s0{stroke:#2563eb}.s1{stroke:#d97706}.s2{stroke:#059669}.s3{stroke:#be185d}.s4{stroke:#7c3aed}.s5{stroke:#0e7490}
polyline{fill:none;stroke-width:1.4;stroke-linejoin:round}
@media(prefers-color-scheme:dark){text{fill:#9ca3af}.title{fill:#f3f4f6}.back{fill:#111827}.axis{stroke:#374151}
.knee{stroke:#9ca3af}.best{fill:#374151}.s0{stroke:#60a5fa}.s1{stroke:#fbbf24}.s2{stroke:#34d399}.s3{stroke:#f472b6}
.s4{stroke:#a78bfa}.s5{stroke:#22d3ee}}
</style>`

mkdirSync(directory, { recursive: true })
for (const family of Object.keys(families)) {
  const scenario = makeScenario(family, heldBackSeeds[1])
  const outcome = simulateFluid(scenario, () => createController(), { trace: true })
  const name = family.replaceAll(/[^a-z]+/g, '-')
  writeFileSync(`${directory}${name}.svg`, draw(scenario, outcome))
}

function draw(scenario, outcome) {
  const byInstance = scenario.instances.map((_, index) => outcome.trace.filter((p) => p.instance === index))
  const knees = thin(byInstance[0], (point) => point.knee)
  const limits = byInstance.map((points) => thin(points, (point) => point.limit))
  const goodput = limits.length === 1 ? thin(byInstance[0], (p) => p.objectsPerSecond) : total(byInstance)
  const best = thin(byInstance[0], (point) => point.oraclePerSecond)
  const usual = quantile(
    limits.flat().map(([, y]) => y),
    0.98,
  )
  const mostLimit = nice(Math.max(usual, ...knees.map(([, y]) => y)) * 1.15)
  const mostRate = nice(Math.max(...best.map(([, y]) => y)) * 1.1)
  const across = (timeMs) => LEFT + (timeMs / scenario.durationMs) * (WIDTH - LEFT - RIGHT)
  const [toLimit, toRate] = [scale(PANELS.limit, mostLimit), scale(PANELS.goodput, mostRate)]
  const line = (points, to, kind) => `<polyline class="${kind}" points="${path(points, across, to)}"/>`
  const floor = PANELS.goodput.top + PANELS.goodput.height
  const says = `${percent(outcome.goodput)} of the oracle's goodput, ${outcome.inFlightOverKnee.toFixed(2)} × the knee in flight`
  const fair = limits.length > 1 ? `, Jain ${outcome.jain.toFixed(3)}` : ''
  const label = `${scenario.family}: ${scenario.description}; ${says}${fair}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${STYLE}`,
    `<rect class="back" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${LEFT}" y="18">${scenario.family}</text>`,
    `<text x="${LEFT}" y="36">${scenario.description}</text>`,
    `<text x="${WIDTH - RIGHT}" y="18" text-anchor="end">${says}${fair}</text>`,
    axis(PANELS.limit, mostLimit, 'limit, and the knee (dashed)'),
    line(knees, toLimit, 'knee'),
    ...limits.map((points, index) => line(points, toLimit, `s${index}`)),
    axis(PANELS.goodput, mostRate, "objects a second, and the oracle's (grey)"),
    `<polygon class="best" points="${across(best[0][0])},${floor} ${path(best, across, toRate)} ${across(best.at(-1)[0])},${floor}"/>`,
    line(goodput, toRate, 's0'),
    `<text x="${LEFT}" y="${HEIGHT - 10}">0</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" text-anchor="end">${scenario.durationMs / 60_000} min</text>`,
    '</svg>\n',
  ].join('\n')
}

/** From a quantity to its height in a panel; what is off the scale stays just above it. */
function scale({ top, height }, most) {
  return (y) => top + height * (1 - Math.min(1.05, y / most))
}

function percent(share) {
  return `${(share * 100).toFixed(1)} %`
}

/** At most 240 points: of every stretch, the mean over its windows weighted alike. */
function thin(points, value) {
  const size = Math.ceil(points.length / 240)
  const thinned = []
  for (let n = 0; n < points.length; n += size) {
    const part = points.slice(n, n + size)
    thinned.push([part[0].timeMs, part.reduce((sum, point) => sum + value(point), 0) / part.length])
  }
  return thinned
}

/** The sum over instances whose windows end at different times, in 240 steps. */
function total(byInstance) {
  const end = Math.max(...byInstance.flat().map((point) => point.timeMs))
  return Array.from({ length: 240 }, (_, step) => {
    const [from, to] = [(step * end) / 240, ((step + 1) * end) / 240]
    const sums = byInstance.map((points) => {
      const part = points.filter((point) => point.timeMs > from && point.timeMs <= to)
      const last = points.findLast((point) => point.timeMs <= to)
      if (part.length === 0) return last?.objectsPerSecond ?? 0
      return part.reduce((sum, point) => sum + point.objectsPerSecond, 0) / part.length
    })
    return [to, sums.reduce((a, b) => a + b, 0)]
  })
}

function path(points, across, to) {
  return points.map(([x, y]) => `${across(x).toFixed(1)},${to(y).toFixed(1)}`).join(' ')
}

function axis({ top, height }, most, title) {
  return [
    `<path class="axis" d="M${LEFT} ${top}V${top + height}H${WIDTH - RIGHT}"/>`,
    `<text x="${LEFT - 6}" y="${top + 10}" text-anchor="end">${most}</text>`,
    `<text x="${LEFT - 6}" y="${top + height}" text-anchor="end">0</text>`,
    `<text x="${WIDTH - RIGHT}" y="${top - 6}" text-anchor="end">${title}</text>`,
  ].join('\n')
}

function nice(value) {
  const unit = 10 ** Math.floor(Math.log10(value)) / 2
  return Math.ceil(value / unit) * unit
}

function quantile(values, share) {
  return values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]
}
