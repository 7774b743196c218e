import {
  heldBackSeeds,
  makeScenario,
  simulateFluid,
  type Outcome,
  type Scenario,
  type SimulatedController,
  type TracePoint,
} from '@lagoon/aimd/simulator'
import { percent } from '../format.js'
import { quantile } from 'd3-array'

type Point = readonly [x: number, y: number]
type Panel = Readonly<{ top: number; height: number }>

const width = 720
const height = 320
const left = 52
const right = 12
const limitPanel: Panel = { top: 60, height: 130 }
const goodputPanel: Panel = { top: 222, height: 70 }
/** More points would not be visible at this width. */
const mostPoints = 240

const style = `<style>
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

/** The file of a family's plot: its name with dashes. */
export function plotFile(family: string): string {
  return `${family.replaceAll(/[^a-z0-9]+/g, '-')}.svg`
}

/**
 * A run of one scenario of a family as a picture: the limit of every instance and the knee, the goodput and the oracle's. The scenario is
 * one that was held back while the law was tuned, always the same one.
 */
export function plotFamily(family: string, create: () => SimulatedController): string {
  const scenario = makeScenario(family, heldBackSeeds[1]!)
  return draw(scenario, simulateFluid(scenario, create, { trace: true }))
}

function draw(scenario: Scenario, outcome: Outcome): string {
  const byInstance = scenario.instances.map((_, index) =>
    outcome.trace.filter((point) => point.instance === index),
  )
  const first = byInstance[0]!
  const knees = thin(first, (point) => point.knee)
  const limits = byInstance.map((points) => thin(points, (point) => point.limit))
  const goodput = limits.length === 1 ? thin(first, (point) => point.objectsPerSecond) : total(byInstance)
  const best = thin(first, (point) => point.oraclePerSecond)
  const usual = quantile(
    limits.flat().map(([, y]) => y),
    0.98,
  )!
  const mostLimit = round(Math.max(usual, ...knees.map(([, y]) => y)) * 1.15)
  const mostRate = round(Math.max(...best.map(([, y]) => y)) * 1.1)
  const across = (timeMs: number): number => left + (timeMs / scenario.durationMs) * (width - left - right)
  const [toLimit, toRate] = [scale(limitPanel, mostLimit), scale(goodputPanel, mostRate)]
  const line = (points: readonly Point[], to: (y: number) => number, kind: string): string =>
    `<polyline class="${kind}" points="${path(points, across, to)}"/>`
  const floor = goodputPanel.top + goodputPanel.height
  const fair = limits.length > 1 ? `, Jain ${outcome.jain.toFixed(3)}` : ''
  const says = `${percent(outcome.goodput)} of the oracle's goodput, ${outcome.inFlightOverKnee.toFixed(2)} × the knee in flight${fair}`
  const label = `${scenario.family}: ${scenario.description}; ${says}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">${style}`,
    `<rect class="back" width="${width}" height="${height}"/>`,
    `<text class="title" x="${left}" y="18">${scenario.family}</text>`,
    `<text x="${left}" y="36">${scenario.description}</text>`,
    `<text x="${width - right}" y="18" text-anchor="end">${says}</text>`,
    axis(limitPanel, mostLimit, 'limit, and the knee (dashed)'),
    line(knees, toLimit, 'knee'),
    ...limits.map((points, index) => line(points, toLimit, `s${index}`)),
    axis(goodputPanel, mostRate, "objects per second, and the oracle's (grey)"),
    `<polygon class="best" points="${across(best[0]![0])},${floor} ${path(best, across, toRate)} ${across(best.at(-1)![0])},${floor}"/>`,
    line(goodput, toRate, 's0'),
    `<text x="${left}" y="${height - 10}">0</text>`,
    `<text x="${width - right}" y="${height - 10}" text-anchor="end">${scenario.durationMs / 60_000} min</text>`,
    '</svg>\n',
  ].join('\n')
}

/** Maps a quantity to its height in a panel; values off the scale stay just above it. */
function scale({ top, height: panelHeight }: Panel, most: number): (y: number) => number {
  return (y) => top + panelHeight * (1 - Math.min(1.05, y / most))
}

/** For every interval the mean over its windows, equally weighted. */
function thin(points: readonly TracePoint[], value: (point: TracePoint) => number): Point[] {
  const size = Math.ceil(points.length / mostPoints)
  const thinned: Point[] = []
  for (let n = 0; n < points.length; n += size) {
    const part = points.slice(n, n + size)
    thinned.push([part[0]!.timeMs, part.reduce((sum, point) => sum + value(point), 0) / part.length])
  }
  return thinned
}

/** The sum over instances whose windows end at different times. */
function total(byInstance: readonly (readonly TracePoint[])[]): Point[] {
  const end = Math.max(...byInstance.flat().map((point) => point.timeMs))
  return Array.from({ length: mostPoints }, (_, step): Point => {
    const [from, to] = [(step * end) / mostPoints, ((step + 1) * end) / mostPoints]
    const sums = byInstance.map((points) => {
      const part = points.filter((point) => point.timeMs > from && point.timeMs <= to)
      const last = points.findLast((point) => point.timeMs <= to)
      if (part.length === 0) return last?.objectsPerSecond ?? 0
      return part.reduce((sum, point) => sum + point.objectsPerSecond, 0) / part.length
    })
    return [to, sums.reduce((a, b) => a + b, 0)]
  })
}

function path(points: readonly Point[], across: (x: number) => number, to: (y: number) => number): string {
  return points.map(([x, y]) => `${across(x).toFixed(1)},${to(y).toFixed(1)}`).join(' ')
}

function axis({ top, height: panelHeight }: Panel, most: number, title: string): string {
  return [
    `<path class="axis" d="M${left} ${top}V${top + panelHeight}H${width - right}"/>`,
    `<text x="${left - 6}" y="${top + 10}" text-anchor="end">${most}</text>`,
    `<text x="${left - 6}" y="${top + panelHeight}" text-anchor="end">0</text>`,
    `<text x="${width - right}" y="${top - 6}" text-anchor="end">${title}</text>`,
  ].join('\n')
}

/** The next number with one or two significant digits. */
function round(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(value)) / 2
  return Math.ceil(value / unit) * unit
}
