/// <reference lib="dom" />
// Runs in the reader's browser, inlined into the report: draws the plots. It imports types only.
import type uPlotClass from 'uplot'
import type { LinesSection, ScatterSection, Section } from './report.js'

declare const uPlot: typeof uPlotClass

const sections = JSON.parse(document.getElementById('sections')!.textContent!) as Section[]
const dark = matchMedia('(prefers-color-scheme: dark)')
const height = 300

const color = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
const short = (value: number): string =>
  Math.abs(value) >= 1e6
    ? `${+(value / 1e6).toFixed(1)}M`
    : Math.abs(value) >= 1e4
      ? `${+(value / 1e3).toFixed(1)}k`
      : `${+value.toFixed(2)}`

function axis(scale: string, label: string, side: 1 | 2 | 3): uPlotClass.Axis {
  const grid = side === 1 ? { show: false } : { stroke: color('rule'), width: 1 }
  return {
    scale,
    label,
    side,
    stroke: color('faint'),
    grid,
    ticks: { stroke: color('rule') },
    values: (_, splits) => splits.map((value) => short(value)),
    labelSize: 20,
    size: side === 2 ? 36 : 56,
  }
}

function drawMarks(section: LinesSection, plot: uPlotClass): void {
  const { ctx, bbox } = plot
  ctx.save()
  for (const mark of section.marks ?? []) {
    const x = plot.valToPos(mark.x, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    ctx.fillStyle = color(mark.kind)
    const size = 5 * devicePixelRatio
    const base = bbox.top + bbox.height
    const tip = mark.kind === 'down' ? base + size : base - size
    ctx.beginPath()
    ctx.moveTo(x - size * 0.7, base)
    ctx.lineTo(x + size * 0.7, base)
    ctx.lineTo(x, tip)
    ctx.fill()
  }
  ctx.restore()
}

function lines(section: LinesSection, width: number, say: (text: string) => void): uPlotClass {
  const options: uPlotClass.Options = {
    width,
    height,
    scales: { x: { time: false }, left: { range: fromZero }, right: { range: fromZero } },
    axes: [
      axis('x', section.x.label, 2),
      axis('left', section.axes.left, 3),
      ...(section.axes.right === undefined ? [] : [axis('right', section.axes.right, 1)]),
    ],
    series: [
      { label: section.x.label, value: (_, value) => (value === null ? '–' : short(value)) },
      ...section.lines.map((line, index) => ({
        label: line.label,
        scale: line.axis,
        stroke: color(`c${index % 6}`),
        width: 2,
        spanGaps: true,
        points: { show: section.x.values.length < 40 },
        value: (_: uPlotClass, value: number | null) => (value === null ? '–' : short(value)),
        ...(line.dashed ? { dash: [6, 4] } : {}),
      })),
    ],
    hooks: {
      draw: [(plot) => drawMarks(section, plot)],
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor
          if (idx === null || idx === undefined || !section.marks?.length) return say('')
          const at = section.x.values[idx]!
          const nearest = section.marks.reduce((best, mark) =>
            Math.abs(mark.x - at) < Math.abs(best.x - at) ? mark : best,
          )
          say(`${short(nearest.x)}: ${nearest.text}`)
        },
      ],
    },
  }
  const data = [
    section.x.values,
    ...section.lines.map((line) => line.values),
  ] as unknown as uPlotClass.AlignedData
  return new uPlot(options, data, undefined as unknown as HTMLElement)
}

function scatter(section: ScatterSection, width: number, say: (text: string) => void): uPlotClass {
  const points = section.points.toSorted((a, b) => a.x - b.x)
  const pick = (front: boolean): (number | null)[] =>
    points.map((point) => (point.front === front ? point.y : null))
  const dots = (name: string): uPlotClass.Series.Points => ({
    show: true,
    size: 8,
    stroke: color(name),
    fill: color(name),
  })
  const options: uPlotClass.Options = {
    width,
    height,
    scales: { x: { time: false } },
    axes: [axis('x', section.x, 2), axis('y', section.y, 3)],
    series: [
      { label: section.x },
      { label: 'others', scale: 'y', paths: () => null, points: dots('peer') },
      { label: 'the front', scale: 'y', stroke: color('c0'), width: 1, spanGaps: true, points: dots('c0') },
    ],
    hooks: {
      setCursor: [
        (plot) => {
          const { idx } = plot.cursor
          say(idx === null || idx === undefined ? '' : (points[idx]?.label ?? ''))
        },
      ],
    },
  }
  const data = [points.map((point) => point.x), pick(false), pick(true)] as uPlotClass.AlignedData
  return new uPlot(options, data, undefined as unknown as HTMLElement)
}

function fromZero(_: uPlotClass, __: number, max: number): [number, number] {
  return [0, max > 0 ? max * 1.05 : 1]
}

for (const box of document.querySelectorAll<HTMLElement>('.plot')) {
  const section = sections[Number(box.dataset['section'])]!
  const note = box.nextElementSibling as HTMLElement
  const say = (text: string): void => {
    note.textContent = text
  }
  let plot: uPlotClass | null = null
  const draw = (): void => {
    plot?.destroy()
    plot =
      section.type === 'scatter'
        ? scatter(section, box.clientWidth, say)
        : lines(section as LinesSection, box.clientWidth, say)
    box.replaceChildren(plot.root)
  }
  draw()
  dark.addEventListener('change', draw)
  new ResizeObserver(() => plot?.setSize({ width: box.clientWidth, height })).observe(box)
}

// A table wider than the screen is marked as such until it has been scrolled to its end.
for (const box of document.querySelectorAll<HTMLElement>('.scroll')) {
  const more = box.nextElementSibling as HTMLElement
  const update = (): void => {
    more.hidden = box.scrollLeft + box.clientWidth >= box.scrollWidth - 1
  }
  box.addEventListener('scroll', update, { passive: true })
  new ResizeObserver(update).observe(box)
}
